// The panel on the right, which shows one of several contents.
import { freshId, h, icon, replace } from "./dom.js";

const root = document.getElementById("drawer");
const buttons = new Map();
let current = null;

function shut() {
  root.hidden = true;
  document.body.classList.remove("has-drawer");
  const name = current;
  current = null;
  mark();
  buttons.get(name)?.focus();
}

function mark() {
  for (const [name, button] of buttons) button.setAttribute("aria-expanded", String(name === current));
}

/** A button that opens the drawer with the {title, body} that `panel()` returns. */
export function drawerToggle(name, label, glyph, panel, count = null) {
  const id = freshId("top-button");
  const open = () => {
    if (current === name) return shut();
    const { title, body } = panel();
    replace(root, h("header", { class: "drawer-head" }, h("h2", {}, title), h("button", { type: "button", class: "button-quiet", "aria-label": `Close ${label}`, onclick: shut }, icon("close"))),
      h("div", { class: "drawer-body" }, body));
    root.hidden = false;
    document.body.classList.add("has-drawer");
    current = name;
    return mark();
  };
  const button = h("button", {
    type: "button", class: "top-button", id, title: label, "aria-labelledby": count ? `${id}-words ${id}-count` : `${id}-words`, "aria-expanded": "false", "aria-controls": "drawer", onclick: open,
  }, icon(glyph), h("span", { class: "top-button-words", id: `${id}-words` }, label), count);
  count?.setAttribute("id", `${id}-count`);
  buttons.set(name, button);
  return button;
}

root.addEventListener("keydown", (event) => event.key === "Escape" && shut());
