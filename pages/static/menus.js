// Menus are <details>: one is open at a time, Escape and a click elsewhere close it, arrow keys walk through it. What is
// chosen in a status menu is shown at once, and said to those who listen.
(() => {
  "use strict";

  const OPEN = "details.menu[open]";
  const ITEMS = "button:not([disabled]), input:not([type=hidden]), select";

  function close(menu, withFocus) {
    menu.open = false;
    if (withFocus) {
      menu.querySelector("summary").focus();
    }
  }

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(OPEN)) {
      if (!menu.contains(event.target)) {
        close(menu, false);
      }
    }
  });

  document.addEventListener("keydown", (event) => {
    const menu = event.target.closest?.(OPEN);
    if (!menu) {
      return;
    }
    if (event.key === "Escape") {
      close(menu, true);
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !menu.querySelector("input:focus")) {
      event.preventDefault();
      const items = [...menu.querySelectorAll(ITEMS)];
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = items.indexOf(document.activeElement);
      items[(from + step + items.length) % items.length]?.focus();
    }
  });

  // What is said once a form's request has succeeded; the page may have been morphed by then.
  const said = new WeakMap();

  function say(text) {
    document.getElementById("said").textContent = text;
  }

  // What was chosen is shown in every menu of the conversation before the server has answered.
  function showChosen(form, button) {
    const chip = button.querySelector(".chip");
    const path = new URL(form.action).pathname;
    for (const other of document.querySelectorAll("form[data-moves]")) {
      const held = other.closest("details")?.querySelector("[data-held] .chip");
      if (new URL(other.action).pathname !== path) {
        continue;
      }
      // Whoever chooses again before the page is renewed expects what was chosen.
      other.elements.expected.value = button.value;
      if (chip && held) {
        held.replaceWith(chip.cloneNode(true));
      }
    }
  }

  // Called behind htmx, which reads the form first: it forgets the button that was clicked once that loses the focus.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    const menu = form.closest("details.menu");
    if (menu) {
      const hadFocus = menu.contains(document.activeElement);
      close(menu, hadFocus);
    }
    // Where the browser itself sends the form, it has not read it yet.
    if (form.matches("[data-moves]") && button && event.defaultPrevented) {
      showChosen(form, button);
    }
    if (button?.dataset.say) {
      said.set(form, button.dataset.say);
    } else if (button?.dataset.sayAdded) {
      said.set(form, button.dataset.sayAdded.replace("{name}", form.elements.name.value));
    }
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    // The form that was sent, though the page that came back may not have it any more.
    const form = event.detail.requestConfig.elt;
    if (said.has(form) && event.detail.successful) {
      say(said.get(form));
      said.delete(form);
      if (form.matches("[data-adds]")) {
        form.reset();
        form.elements.name.focus();
      }
    }
  });

  // A colour of the palette is the colour; one's own colour is none of the palette.
  document.addEventListener("input", (event) => {
    const { name, value, form } = event.target;
    if (name === "palette") {
      form.elements.color.value = value.toLowerCase();
    } else if (name === "color") {
      for (const radio of form.querySelectorAll("[name=palette]")) {
        radio.checked = radio.value.toLowerCase() === value.toLowerCase();
      }
    }
  });
})();
