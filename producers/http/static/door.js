/* Jejak: sets the tracker up from the attributes of its script element, and ties a visitor to a chat.
 *
 * <script async src="https://events.shop.example/jejak.js" data-key="web_…"></script>
 *
 * data-key       the public key of the page.
 * data-consent   absent or "granted": everything starts at once. Anything else, such as "required": nothing is stored
 *                or sent until the page calls jejak.consent(true).
 * data-identity  a token that the shop's backend signed, which ties this visitor to a contact.
 */
(function (tracker, buttons, links, forms) {
  "use strict";
  var script = document.currentScript || document.querySelector("script[data-key][src*='jejak.js']");
  var key = script && script.getAttribute("data-key");
  if (!key || window.jejak) {
    if (!key) { console.error("jejak.js: its script element has no data-key"); }
    return;
  }
  var base = script.src.replace(/\/jejak\.js([?#].*)?$/, "");
  var ID = "jejak";
  var DAYS = 24 * 60 * 60;
  var visitor = null;
  var started = false;

  function start() {
    if (started) { return; }
    started = true;
    visitor = tracker.newTracker(ID, base, {
      appId: "jejak",
      platform: "web",
      eventMethod: "post",
      postPath: "/t/" + key,
      bufferSize: 1,
      keepalive: true,
      credentials: "omit",
      connectionTimeout: 5000,
      cookieName: "_jejak_",
      cookieLifetime: 180 * DAYS,
      cookieSameSite: "Lax",
      cookieSecure: location.protocol === "https:",
      stateStorageStrategy: "cookieAndLocalStorage",
      plugins: [buttons.ButtonClickTrackingPlugin(), links.LinkClickTrackingPlugin(), forms.FormTrackingPlugin()]
    });
    buttons.enableButtonClickTracking({ filter: isNoSubmit });
    links.enableLinkClickTracking({ pseudoClicks: true });
    forms.enableFormTracking({ options: { events: ["submit_form"], fields: { filter: mayTellWho } } });
    tracker.trackPageView();
    identify();
  }

  /* The form that such a button sends is an event of its own. */
  function isNoSubmit(button) {
    return !(button.form && button.type !== "button" && button.type !== "reset");
  }

  /* The server keeps a name, an e-mail address and a phone number; nothing else of a form leaves the page. */
  function mayTellWho(field) {
    return field.nodeName === "INPUT" && /^(text|email|tel)$/.test(field.type);
  }

  function identify() {
    var token = script.getAttribute("data-identity");
    if (token) {
      tracker.trackSelfDescribingEvent({
        event: { schema: "iglu:jejak/identify/jsonschema/1-0-0", data: { token: token } }
      });
    }
  }

  function stop() {
    if (!started) { return; }
    started = false;
    buttons.disableButtonClickTracking();
    forms.disableFormTracking();
    tracker.clearUserData();
    tracker.enableAnonymousTracking({ options: {}, stateStorageStrategy: "none" });
    visitor = null;
  }

  /* The visitor's UUID, 16 bytes, in base64url: 22 characters. */
  function reference() {
    var hex = visitor ? String(visitor.getDomainUserId() || "").replace(/-/g, "") : "";
    if (!/^[0-9a-f]{32}$/i.test(hex)) { return null; }
    var bytes = hex.match(/../g).map(function (pair) { return String.fromCharCode(parseInt(pair, 16)); });
    return btoa(bytes.join("")).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function leadsToChat(url) {
    var host = url.hostname.replace(/^www\./, "");
    return (host === "wa.me" && !/^\/message\//.test(url.pathname)) ||
      (host === "api.whatsapp.com" && /^\/send\/?$/.test(url.pathname));
  }

  /* A chat link with the reference at the end of its text; any other link as it is. */
  function referenced(href) {
    var url, ref = reference();
    try { url = new URL(href, location.href); } catch (_) { return href; }
    if (!ref || !leadsToChat(url)) { return href; }
    var text = (url.searchParams.get("text") || "").replace(/\s*\[ref:[\w-]*\]/g, "");
    url.searchParams.set("text", (text + " [ref:" + ref + "]").trim());
    // WhatsApp shows a plus sign as a plus sign.
    url.search = url.search.replace(/\+/g, "%20");
    return url.href;
  }

  function mark(event) {
    var from = event.composedPath ? event.composedPath()[0] : event.target;
    var link = from && from.closest ? from.closest("a[href], area[href]") : null;
    if (link) {
      var href = referenced(link.href);
      if (href !== link.href) { link.href = href; }
    }
  }
  ["click", "auxclick", "contextmenu"].forEach(function (name) { document.addEventListener(name, mark, true); });

  window.jejak = {
    /* Whether the visitor agrees; false also forgets who the visitor was. */
    consent: function (given) { if (given) { start(); } else { stop(); } },
    /* For pages that change without loading: a page view of the address as it is now. */
    pageView: function () { if (started) { tracker.trackPageView(); } },
    /* For pages that open a chat without a link. */
    referenced: referenced
  };
  var consent = script.getAttribute("data-consent");
  if (consent === null || /^(granted|given|yes|true)$/i.test(consent)) { start(); }
})(jejakParts.tracker, jejakParts.buttons, jejakParts.links, jejakParts.forms);
