// Keeps a page as it is now. The server's stream says what has changed; the page then asks for itself again, with its
// own filters, and is morphed, so that focus, what is typed and what is unfolded stay.
(() => {
  "use strict";

  const AT_MOST_EVERY_MS = 700;
  const AGAIN_MS = 3000;
  const main = () => document.getElementById("main");
  const notice = (id) => document.getElementById(id);

  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old, fresh) => {
    if (old.nodeName === "DETAILS" && fresh.nodeName === "DETAILS") {
      fresh.open = old.open;
    }
    return true;
  };

  let waiting = 0;
  let last = 0;
  let refreshing = null;
  let writes = 0;
  let lastWrite = null;
  let shownAt = new Date();

  function show(id, text) {
    const element = notice(id);
    element.textContent = text;
    element.hidden = !text;
  }

  // One refresh at a time, and none beside a write: an answer from before the write would bring back what was there.
  function refresh() {
    waiting = 0;
    if (document.hidden || document.body.dataset.dragging || refreshing || writes) {
      waiting = setTimeout(refresh, AT_MOST_EVERY_MS);
      return;
    }
    last = Date.now();
    htmx.trigger(main(), "refresh");
  }

  function soon(ms = Math.max(0, last + AT_MOST_EVERY_MS - Date.now())) {
    if (!waiting) {
      waiting = setTimeout(refresh, ms);
    }
  }

  function concerns(changed) {
    const { live, conversation, contact } = main().dataset;
    if (!live || !changed.what.some((kind) => live.split(" ").includes(kind))) {
      return false;
    }
    const isAny = !changed.conversations.length && !changed.contacts.length;
    if (isAny || !(conversation || contact) || changed.what.includes("pipeline")) {
      return true;
    }
    return changed.conversations.includes(conversation) || changed.contacts.includes(contact);
  }

  function late({ seconds }) {
    const { late: text, unknownLate } = document.body.dataset;
    show("late", seconds === null ? unknownLate : seconds ? text.replace("{n}", seconds) : "");
  }

  // A browser has six connections to a host at most, so only the tab that is seen holds one.
  let source = null;

  function listen() {
    source = new EventSource(document.body.dataset.changes);
    let wasLost = false;
    source.addEventListener("changed", (event) => {
      if (concerns(JSON.parse(event.data))) {
        soon();
      }
    });
    source.addEventListener("late", (event) => late(JSON.parse(event.data)));
    source.addEventListener("open", () => {
      if (wasLost) {
        wasLost = false;
        soon();
      }
    });
    source.addEventListener("error", () => {
      wasLost = true;
      if (source?.readyState === EventSource.CLOSED) {
        setTimeout(listenIfSeen, AGAIN_MS);
      }
    });
  }

  function listenIfSeen() {
    source?.close();
    source = null;
    if (!document.hidden) {
      listen();
    }
  }

  function lost() {
    const at = shownAt.toLocaleTimeString(document.documentElement.lang);
    show("lost", document.body.dataset.lost.replace("{at}", at));
    soon(AGAIN_MS);
  }

  function failed(xhr) {
    const page = new DOMParser().parseFromString(xhr.responseText || "", "text/html");
    const why = page.getElementById("problem")?.textContent.trim() || xhr.statusText || xhr.status;
    show("failed", document.body.dataset.failed.replace("{why}", why));
    soon();
  }

  const isRefresh = (event) => event.detail.requestConfig?.triggeringEvent?.type === "refresh";

  // What is being typed stays. Of a button that has the focus, everything is renewed.
  document.addEventListener("htmx:beforeSwap", (event) => {
    // An answer that something else has overtaken shows what is over.
    if (event.detail.xhr !== (isRefresh(event) ? refreshing : lastWrite)) {
      event.detail.shouldSwap = false;
    }
    Idiomorph.defaults.ignoreActiveValue = document.activeElement.matches("input, select, textarea");
  });
  document.addEventListener("htmx:afterSwap", () => {
    shownAt = new Date();
    show("lost", "");
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (isRefresh(event)) {
      refreshing = event.detail.xhr;
      return;
    }
    writes += 1;
    lastWrite = event.detail.xhr;
    show("failed", "");
    // htmx itself forgets what it has sent for an element that is morphed meanwhile.
    refreshing?.abort();
    refreshing = null;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!isRefresh(event)) {
      writes = Math.max(0, writes - 1);
      soon();
    } else if (event.detail.xhr === refreshing) {
      refreshing = null;
    }
  });
  document.addEventListener("htmx:sendError", (event) => {
    lost();
    if (!isRefresh(event)) {
      show("failed", document.body.dataset.failed.replace("{why}", "–"));
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const { xhr } = event.detail;
    if (!isRefresh(event)) {
      failed(xhr);
    } else if (xhr.status >= 500) {
      lost();
    } else {
      location.reload();
    }
  });
  // What a tab that nobody sees has not heard, it asks for when it is seen again.
  function seen() {
    listenIfSeen();
    if (!document.hidden) {
      soon();
    }
  }

  // The browser keeps the place of the window; of what scrolls within it, this does.
  const place = (element) => `place ${location.pathname}${location.search} ${element.className}`;

  function keepPlaces() {
    for (const element of document.querySelectorAll("[data-keeps-place]")) {
      sessionStorage.setItem(place(element), element.scrollLeft);
    }
  }

  for (const element of document.querySelectorAll("[data-keeps-place]")) {
    element.scrollLeft = Number(sessionStorage.getItem(place(element)) ?? 0);
  }
  addEventListener("pagehide", keepPlaces);

  if (document.body.dataset.changes) {
    listenIfSeen();
    document.addEventListener("visibilitychange", seen);
    addEventListener("pagehide", () => source?.close());
  }
})();
