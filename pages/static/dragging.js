// Dragging: a card to another column, a status to another place. Both send the form that the keyboard uses too.
(() => {
  "use strict";

  function begins() {
    document.body.dataset.dragging = "yes";
  }

  function ends() {
    delete document.body.dataset.dragging;
  }

  function dropCard({ item, from, to }) {
    ends();
    const form = item.querySelector("form[data-moves]");
    if (from === to || !form) {
      return;
    }
    const target = to.dataset.cards;
    const button = [...form.querySelectorAll("[name=status_id]")].find((each) => each.value === target);
    if (button) {
      button.click();
    } else {
      // A status that was deleted takes nobody any more.
      htmx.trigger(document.getElementById("main"), "refresh");
    }
  }

  function dropStatus({ item, oldIndex, newIndex }) {
    ends();
    if (oldIndex === newIndex) {
      return;
    }
    const form = item.querySelector("form[data-order]");
    const [up, down] = form.querySelectorAll("button");
    const idOf = (element) => element?.querySelector("[name=status_id]")?.value;
    const button = item.nextElementSibling ? up : down;
    button.value = idOf(item.nextElementSibling ?? item.previousElementSibling);
    button.disabled = false;
    button.click();
  }

  const common = { forceFallback: true, fallbackTolerance: 4, delayOnTouchOnly: true, delay: 180, animation: 120, onStart: begins };

  function prepare() {
    for (const cards of document.querySelectorAll("[data-cards]")) {
      if (!Sortable.get(cards)) {
        new Sortable(cards, { ...common, group: "cards", sort: false, filter: "details", preventOnFilter: false, onEnd: dropCard });
      }
    }
    for (const statuses of document.querySelectorAll("[data-statuses]")) {
      if (!Sortable.get(statuses)) {
        new Sortable(statuses, { ...common, handle: ".grip", onEnd: dropStatus });
      }
    }
  }

  prepare();
  document.addEventListener("htmx:afterSettle", prepare);
})();
