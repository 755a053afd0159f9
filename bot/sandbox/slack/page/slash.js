// Completion of slash commands above the composer.
import { freshId, h, replace } from "./dom.js";
import { state } from "./state.js";

/** The alternatives of a usage hint such as `order | search TEXT | help`. */
const alternatives = (hint) => String(hint ?? "").replace(/^\[|\]$/g, "").split("|").map((each) => each.trim()).filter(Boolean);
const fixedWords = (words) => words.split(" ").filter((word) => /^[a-z-]+$/.test(word)).slice(0, 1).join(" ");

function suggestions(typed) {
  if (!typed.startsWith("/") || typed.includes("\n")) return [];
  const [name, ...rest] = typed.split(" ");
  if (!rest.length) {
    return state.boot.commands.filter((each) => each.command.startsWith(name))
      .map((each) => ({ fill: `${each.command} `, title: each.command, usage: each.usage_hint, note: each.description, whole: each.command === typed }));
  }
  const command = state.boot.commands.find((each) => each.command === name);
  const soFar = rest.join(" ");
  return alternatives(command?.usage_hint).filter((each) => (fixedWords(each) || "\0").startsWith(soFar))
    .map((each) => ({ fill: `${name} ${fixedWords(each)}${each.includes(" ") ? " " : ""}`, title: each, note: "", whole: true }));
}

/** `field` is the textarea; `filled(text)` runs when a suggestion is taken. */
export function slashCompletion(field, filled) {
  const list = h("div", { class: "slash", role: "listbox", id: freshId("slash"), "aria-label": "Slash commands", hidden: true });
  let offers = [];
  let active = -1;

  function point(index) {
    active = index;
    [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === active)));
    if (active < 0) field.removeAttribute("aria-activedescendant");
    else field.setAttribute("aria-activedescendant", list.children[active].id);
  }

  function shut() {
    list.hidden = true;
    offers = [];
    active = -1;
    field.removeAttribute("aria-activedescendant");
  }

  function take(offer) {
    field.value = offer.fill;
    field.focus();
    filled(offer.fill);
    refresh();
  }

  function refresh() {
    offers = suggestions(field.value);
    if (!offers.length) return shut();
    replace(list, offers.map((offer) => h("div", {
      class: "slash-row", role: "option", id: freshId("slash-option"), "aria-selected": "false",
      onpointerdown: (event) => event.preventDefault(), onclick: () => take(offer),
    }, h("span", { class: "slash-title" }, offer.title, offer.usage && h("span", { class: "slash-usage" }, ` ${offer.usage}`)), h("span", { class: "slash-note" }, offer.note))));
    list.hidden = false;
    return point(offers[0].whole ? -1 : 0); // Enter sends a complete command instead of completing it again
  }

  /** True when the list has handled the key. */
  function key(event) {
    if (list.hidden) return false;
    const last = offers.length - 1;
    if (event.key === "ArrowDown") point(active >= last ? 0 : active + 1);
    else if (event.key === "ArrowUp") point(active <= 0 ? last : active - 1);
    else if (event.key === "Tab" && !event.shiftKey) take(offers[Math.max(active, 0)]);
    else if (event.key === "Enter" && active >= 0) take(offers[active]);
    else if (event.key === "Escape") shut();
    else return false;
    event.preventDefault();
    return true;
  }

  field.addEventListener("blur", shut);
  return { list, refresh, key, shut };
}
