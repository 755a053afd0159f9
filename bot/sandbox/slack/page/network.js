// The network drawer: every request between Slack, bot and vendor, newest first.
import { h, replace } from "./dom.js";
import { on, state } from "./state.js";

const KEPT = 300;
const KINDS = { slack: "slack", bot: "bot", person: "person", browser: "person" };
const list = h("ol", { class: "net-list", "aria-label": "Requests, newest first" });
const empty = h("p", { class: "net-empty" }, "Requests appear here as they happen. Type ", h("code", {}, "/giftcard"), " and watch.");
const count = h("span", { class: "net-count" });
let wanted = "";

const party = (name) => h("span", { class: `party party-${KINDS[String(name).toLowerCase()] ?? "vendor"}` }, String(name));

function clock(at) {
  const when = new Date(typeof at === "number" ? at * 1000 : at);
  return Number.isNaN(when.getTime()) ? String(at ?? "") : when.toLocaleTimeString(undefined, { hour12: false });
}

const failed = (entry) => Boolean(entry.error) || Number(entry.status) >= 400;

function row(entry) {
  const slow = Number(entry.ms) >= 1000;
  return h("li", { class: failed(entry) ? "net-row is-failed" : "net-row", data: { id: entry.id } },
    h("div", { class: "net-line" }, party(entry.from), h("span", { class: "net-arrow", "aria-label": "to" }, "→"), party(entry.to),
      h("span", { class: "net-status" }, String(entry.status ?? "…")),
      h("span", { class: slow ? "net-ms is-slow" : "net-ms" }, entry.ms === null || entry.ms === undefined ? "" : `${Math.round(Number(entry.ms))} ms`)),
    h("div", { class: "net-what" }, entry.what), h("div", { class: "net-foot" }, h("time", {}, clock(entry.at)), entry.error && h("span", { class: "net-error" }, entry.error)));
}

const text = (entry) => `${entry.from} ${entry.to} ${entry.what} ${entry.status} ${entry.error ?? ""}`.toLowerCase();
const matches = (entry) => text(entry).includes(wanted);

function announce() {
  count.textContent = state.network.length ? String(state.network.length) : "";
  empty.hidden = state.network.length > 0;
}

function take(entry) {
  const known = state.network.findIndex((each) => each.id === entry.id);
  if (known >= 0) state.network[known] = entry;
  else state.network.unshift(entry);
  state.network.length = Math.min(state.network.length, KEPT);
  const old = [...list.children].find((node) => node.dataset.id === String(entry.id));
  if (matches(entry)) {
    if (old) old.replaceWith(row(entry));
    else list.prepend(row(entry));
  } else old?.remove();
  while (list.children.length > KEPT) list.lastElementChild.remove();
  announce();
}

const redraw = () => replace(list, state.network.filter(matches).map(row));

export function networkPanel() {
  const filter = h("input", {
    class: "input", type: "search", "aria-label": "Filter requests", placeholder: "Filter: views.open, 429, vendor…",
    oninput: (event) => {
      wanted = event.target.value.trim().toLowerCase();
      redraw();
    },
  });
  const forget = h("button", { type: "button", class: "button", onclick: () => {
    state.network.length = 0;
    redraw();
    announce();
  } }, "Clear");
  announce();
  return { title: ["Network ", count], body: [h("div", { class: "net-tools" }, filter, forget), empty, list] };
}

export function startNetwork() {
  on("frame", (frame) => frame.type === "network" && take(frame.entry));
}
