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

const moment = ({ at }) => new Date(typeof at === "number" ? at * 1000 : at).getTime() || 0;
const clock = (entry) => (moment(entry) ? new Date(moment(entry)).toLocaleTimeString(undefined, { hour12: false }) : "");

const failed = (entry) => Boolean(entry.error) || Number(entry.status) >= 400;

function took(ms) {
  if (ms === null || ms === undefined) return "";
  return `${Number(ms) < 10 ? Number(ms).toFixed(1) : Math.round(Number(ms))} ms`;
}

function row(entry) {
  const slow = Number(entry.ms) >= 1000;
  return h("li", { class: failed(entry) ? "net-row is-failed" : "net-row", data: { id: entry.id } },
    h("div", { class: "net-line" }, party(entry.from), h("span", { class: "net-arrow", "aria-label": "to" }, "→"), party(entry.to),
      h("span", { class: "net-status" }, String(entry.status ?? "no answer")),
      h("span", { class: slow ? "net-ms is-slow" : "net-ms" }, took(entry.ms))),
    h("div", { class: "net-line" }, h("span", { class: "net-what" }, entry.what), h("time", { class: "net-time" }, clock(entry))),
    entry.error && h("div", { class: "net-error" }, entry.error));
}

const text = (entry) => `${entry.from} ${entry.to} ${entry.what} ${entry.status} ${entry.error ?? ""}`.toLowerCase();
const matches = (entry) => text(entry).includes(wanted);

function announce() {
  count.textContent = state.network.length ? String(state.network.length) : "";
  empty.hidden = state.network.length > 0;
}

function take(entry) {
  if (state.network.some((each) => each.id === entry.id)) return;
  // A vendor's requests are polled, so they arrive later than they happened.
  const later = state.network.filter((each) => moment(each) > moment(entry)).length;
  state.network.splice(later, 0, entry);
  state.network.length = Math.min(state.network.length, KEPT);
  if (matches(entry)) list.insertBefore(row(entry), list.children[state.network.slice(0, later).filter(matches).length] ?? null);
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
  on("boot", () => state.boot.network.forEach(take));
  on("frame", (frame) => frame.type === "network" && take(frame.entry));
}
