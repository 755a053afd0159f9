// Selects as comboboxes: filtered in the page, or loaded from the app while the person types.
import { debounce, freshId, h, icon, replace } from "./dom.js";
import { plain } from "./mrkdwn.js";
import { closePopup, openPopup } from "./popup.js";

export const LOAD_WAIT_MS = 120;
const text = (option) => String(option?.text?.text ?? "");

/**
 * `load(typed)` resolves to groups `[{label, options}]` or rejects; `chosen(option | null)` resolves to false to undo.
 * `minimum` is how many characters must be typed first. Returns the combobox and the wrapper around it.
 */
export function combobox({ name, labelledby, describedby, placeholder, data, selected, load, minimum = 0, wait = 0, clearable, chosen }) {
  let current = selected;
  let rows = [];
  let active = -1;
  let turn = 0; // responses to older keystrokes are dropped
  let follow = () => {};
  const list = h("div", { class: "options", role: "listbox", id: freshId("listbox"), "aria-label": name });
  const input = h("input", {
    class: "input combobox-input", type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", "aria-haspopup": "listbox",
    "aria-labelledby": labelledby, "aria-label": labelledby ? undefined : name, "aria-describedby": describedby,
    placeholder, data, value: text(current),
  });
  const clear = clearable && h("button", { type: "button", class: "combobox-clear", "aria-label": `Clear ${name}`, onclick: () => choose(null) }, icon("close"));
  const box = h("div", { class: "combobox" }, input, clear, icon("chevron"));

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the scrollbar must not take the focus

  const isOpen = () => input.getAttribute("aria-expanded") === "true";
  const redraw = () => {
    input.value = text(current);
    box.classList.toggle("has-choice", Boolean(current));
  };

  function show(...content) {
    replace(list, ...content);
    follow();
  }

  const status = (words, kind = "") => show(h("div", { class: `options-note ${kind}`, role: "status" }, words));

  function point(index) {
    rows[active]?.setAttribute("aria-selected", "false");
    active = rows.length ? (index + rows.length) % rows.length : -1;
    const row = rows[active];
    if (!row) return input.removeAttribute("aria-activedescendant");
    row.setAttribute("aria-selected", "true");
    input.setAttribute("aria-activedescendant", row.id);
    return row.scrollIntoView({ block: "nearest" });
  }

  function optionRow(option) {
    const picked = option.value === current?.value;
    const row = h("div", { class: picked ? "option is-picked" : "option", role: "option", id: freshId("option"), "aria-selected": "false", data: { value: option.value } },
      h("span", { class: "option-text" }, plain(text(option))),
      option.description && h("span", { class: "option-note" }, plain(option.description.text)),
    );
    row.addEventListener("pointermove", () => rows[active] !== row && point(rows.indexOf(row)));
    row.addEventListener("click", () => choose(option));
    row.option = option;
    return row;
  }

  function fill(groups) {
    rows = [];
    const content = groups.map(({ label, options }) => {
      const made = options.map(optionRow);
      rows.push(...made);
      return label ? h("div", { role: "group", "aria-label": label }, h("div", { class: "options-group" }, label), made) : made;
    });
    if (!rows.length) return status("Nothing found");
    show(...content);
    return point(Math.max(0, rows.findIndex((row) => row.option.value === current?.value)));
  }

  async function look(typed) {
    const mine = ++turn;
    rows = [];
    point(-1);
    if (typed.length < minimum) return status(minimum === 1 ? "Type to search" : `Type at least ${minimum} characters`);
    if (wait) status("Loading…", "is-loading");
    try {
      const groups = await load(typed);
      return mine === turn && isOpen() && fill(groups);
    } catch (failure) {
      return mine === turn && isOpen() && status(failure.message, "is-error");
    }
  }

  const lookSoon = wait ? debounce(wait, look) : look;

  function open(typed) {
    if (!isOpen()) {
      follow = openPopup(list, input, { sameWidth: true, closed: shut });
      input.setAttribute("aria-expanded", "true");
    }
    if (typed === "") look("");
    else {
      if (wait && typed.length >= minimum) status("Loading…", "is-loading");
      lookSoon(typed);
    }
  }

  function shut() {
    turn += 1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    redraw();
  }

  async function choose(option) {
    const before = current;
    current = option;
    closePopup(list);
    redraw();
    input.focus({ preventScroll: true });
    if ((await chosen(option)) !== false) return;
    current = before;
    redraw();
  }

  input.addEventListener("click", () => {
    if (isOpen()) return;
    input.select();
    open("");
  });
  input.addEventListener("input", () => open(input.value.trim()));
  input.addEventListener("blur", () => closePopup(list));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Tab") return closePopup(list);
    if (!isOpen()) {
      if (event.key === "ArrowDown" || event.key === "Enter") {
        event.preventDefault();
        open("");
      }
      return undefined;
    }
    const to = { ArrowDown: active + 1, ArrowUp: active - 1 }[event.key];
    if (to !== undefined) point(to);
    else if (event.key === "Enter") {
      if (rows[active]) choose(rows[active].option);
    } else if (event.key === "Escape") closePopup(list);
    else return undefined;
    event.preventDefault();
    return event.stopPropagation();
  });
  redraw();
  return { input, box };
}

/** A loader over options already known, matching anywhere in the text. */
export function among(groups) {
  return async (typed) => {
    const wanted = typed.toLowerCase();
    const fits = (option) => `${text(option)} ${option.description?.text ?? ""}`.toLowerCase().includes(wanted);
    return groups.map(({ label, options }) => ({ label, options: options.filter(fits) })).filter(({ options }) => options.length);
  };
}
