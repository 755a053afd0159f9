// Popups and menus: one at a time, in the top layer so that no dialog clips them.
import { freshId, h } from "./dom.js";

let open = null;

const GAP_PX = 4;
const EDGE_PX = 8;

function place(box, anchor, same_width) {
  const at = anchor.getBoundingClientRect();
  if (same_width) box.style.minWidth = `${at.width}px`;
  const below = innerHeight - at.bottom - EDGE_PX;
  const above = at.top - EDGE_PX;
  const up = below < Math.min(box.scrollHeight, 220) && above > below;
  box.style.maxHeight = `${Math.min(340, (up ? above : below) - GAP_PX)}px`;
  box.style.left = `${Math.max(EDGE_PX, Math.min(at.left, innerWidth - box.offsetWidth - EDGE_PX))}px`;
  box.style.top = up ? "auto" : `${at.bottom + GAP_PX}px`;
  box.style.bottom = up ? `${innerHeight - at.top + GAP_PX}px` : "auto";
}

/** Shows `box` next to `anchor`; `closed` runs once when it closes for any reason. */
export function openPopup(box, anchor, { closed = () => {}, sameWidth = false } = {}) {
  closePopup();
  box.setAttribute("popover", "manual");
  box.classList.add("popup");
  (anchor.closest("dialog") ?? document.body).append(box);
  box.showPopover();
  const follow = () => (anchor.isConnected ? place(box, anchor, sameWidth) : closePopup());
  const outside = (event) => {
    if (!box.contains(event.target) && !anchor.contains(event.target)) closePopup();
  };
  const stop = new AbortController();
  addEventListener("resize", follow, { signal: stop.signal });
  addEventListener("scroll", follow, { signal: stop.signal, capture: true });
  addEventListener("pointerdown", outside, { signal: stop.signal, capture: true });
  open = { box, anchor, stop, closed };
  follow();
  return follow;
}

export function closePopup(box = open?.box) {
  if (!open || open.box !== box) return;
  const { stop, closed } = open;
  open = null;
  stop.abort();
  box.remove();
  closed();
}

export function closeIfDetached() {
  if (open && !open.anchor.isConnected) closePopup();
}

/** A menu button's list: `items` are {label, note?, run?, href?, target?, aside?}. */
export function openMenu(anchor, label, items) {
  if (open?.anchor === anchor) return closePopup();
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, id: freshId("menu") }, items.map(menuRow));
  const buttons = [...menu.querySelectorAll("[role=menuitem]")];
  menu.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Escape" || event.key === "Tab") {
      closePopup();
      anchor.focus();
    } else if (to === undefined) return;
    else buttons[(to + buttons.length) % buttons.length].focus();
    event.preventDefault();
    event.stopPropagation();
  });
  openPopup(menu, anchor, { closed: () => anchor.setAttribute("aria-expanded", "false") });
  anchor.setAttribute("aria-expanded", "true");
  buttons[0]?.focus();
  return undefined;
}

function menuRow(item) {
  const inside = [h("span", { class: "menu-label" }, item.label), item.note && h("span", { class: "menu-note" }, item.note)];
  const pick = () => {
    closePopup();
    item.run?.();
  };
  const shared = { role: "menuitem", class: "menu-row", tabindex: "-1", onclick: pick };
  const main = item.href ? h("a", { ...shared, href: item.href, target: item.target }, inside) : h("button", { ...shared, type: "button" }, inside);
  if (!item.aside) return main;
  return h("div", { class: "menu-pair", role: "none" }, main, h("a", { ...shared, href: item.aside.href, "aria-label": item.aside.name }, h("span", { class: "menu-note" }, item.aside.label)));
}
