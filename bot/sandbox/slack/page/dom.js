// Builds elements. Text is never parsed as HTML.

export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (name === "data") Object.assign(node.dataset, defined(value));
    else if (name === "value") node.value = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  append(node, children);
  return node;
}

function defined(record) {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined && value !== null));
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined && child !== false) node.append(child);
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

let serial = 0;
export const freshId = (stem) => `${stem}-${++serial}`;

export function debounce(wait_ms, run) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(run, wait_ms, ...args);
  };
}

/** Runs `change` and restores focus and caret if it replaced the focused control by an equal one. */
export function keepingFocus(root, change) {
  const was = document.activeElement;
  const inside = was && root.contains(was) && was !== root;
  const caret = inside && "selectionStart" in was ? [was.selectionStart, was.selectionEnd] : null;
  change();
  if (!inside || was.isConnected) return;
  const { blockId, actionId, option } = was.dataset;
  const again = [...root.querySelectorAll("[data-action-id]")].find(
    (node) => node.dataset.actionId === actionId && node.dataset.blockId === blockId && node.dataset.option === option,
  );
  const target = again ?? root.closest("dialog")?.querySelector("[data-home-focus]");
  target?.focus({ preventScroll: true });
  if (again && caret && caret[0] !== null) again.setSelectionRange?.(...caret);
}

const PATHS = {
  hash: "M9 4 7 20M17 4l-2 16M4 9h17M3 15h17",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6 6 18",
  back: "M14 6l-6 6 6 6",
  bolt: "M13 3 5 14h6l-1 7 8-11h-6z",
  dots: "M6 12h.01M12 12h.01M18 12h.01",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12ZM12 14.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5",
  send: "M4 12l16-7-5 15-3.5-6z",
  network: "M4 8h13l-3-3M20 16H7l3 3",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M18.7 5.3l-1.4 1.4M6.7 17.3l-1.4 1.4",
  moon: "M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10Z",
  chevron: "M7 10l5 5 5-5",
  check: "M5 12.5l4.5 4.5L19 7.5",
  warn: "M12 4 2.8 19.5h18.4zM12 10v4.5M12 17h.01",
  fault: "M9 3h6M10 3v6L5 19a1.5 1.5 0 0 0 1.4 2h11.2a1.5 1.5 0 0 0 1.4-2L14 9V3M8 15h8",
  gift: "M4 9h16v4H4zM6 13v7h12v-7M12 9v11M12 9S10.5 4 8 5s0 4 4 4ZM12 9s1.5-5 4-4 0 4-4 4Z",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9-5.2-2.8-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z",
  stop: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM7.5 12h9",
  clock: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 7.5V12l3 2",
  key: "M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM11 12l8-8M15.5 7.5 18 10",
  search: "M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM15.5 15.5 20 20",
  card: "M3 6h18v12H3zM3 10h18",
  info: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM12 11v5M12 8h.01",
  page: "M6 3.5h9l3 3v14H6zM9 10h6M9 14h6",
  box: "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
  hand: "M7 12V7.5M10 11V5.5M13 11V5.5M16 12V7.5M7 12v3a5 5 0 0 0 9 3v-6",
  cart: "M3 4h2.5l2.3 11h9.7l2-8H6.5M9.5 20h.01M16.5 20h.01",
  help: "M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17ZM9.7 9.5a2.3 2.3 0 1 1 3.4 2c-.8.5-1.1 1-1.1 1.8M12 16.3h.01",
  mail: "M3.5 6h17v12h-17zM4 7l8 6 8-6",
  dot: "M12 6a6 6 0 1 0 0 12 6 6 0 0 0 0-12Z",
  tab: "M14 5h5v5M19 5l-8 8M10 6H6v12h12v-4",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
