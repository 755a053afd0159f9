// The fault panel: arms faults, and shows which are armed and which have happened.
import { explain, get, post, remove } from "./api.js";
import { debounce, h, icon, replace } from "./dom.js";
import { SLACK, SLACK_GROUPS, VENDORS, isAuxiliary, offerOf, vendorGroup } from "./fault_offers.js";
import { peopleAndTime } from "./immediate_faults.js";
import { on, state } from "./state.js";
import { toast } from "./toasts.js";

const REFRESH_WAIT_MS = 250;

const list = h("ul", { class: "fault-armed", "aria-label": "Armed faults", "aria-live": "polite" });
const disarmer = h("button", { type: "button", class: "button", onclick: disarm, hidden: true }, "Disarm all");
export const faultCount = h("span", { class: "top-count", hidden: true });

let armed = []; // {offer, times}: 0 times means until disarmed
let groups = SLACK_GROUPS; // the groups of faults: of the vendors that answer, then of Slack
let places = [SLACK];

export async function hasFaults() {
  const { vendors = [] } = await get(VENDORS);
  const answers = await Promise.all(vendors.map(({ faults }) => get(faults)));
  const there = vendors.map((vendor, each) => ({ ...vendor, ...answers[each], faults: vendor.faults })).filter(({ ok }) => ok !== false);
  groups = [...there.map(vendorGroup), ...SLACK_GROUPS];
  places = [SLACK, ...there.map(({ faults }) => faults)];
  return (await get(SLACK)).ok !== false;
}

async function listed(at) {
  const answer = await get(at);
  return answer.ok === false ? null : answer.faults.filter(({ kind }) => !isAuxiliary(groups, at, kind)).map((fault) => ({ offer: offerOf(groups, at, fault), times: fault.times }));
}

function draw() {
  disarmer.hidden = faultCount.hidden = !armed.length;
  replace(faultCount, armed.length ? [String(armed.length), h("span", { class: "visually-hidden" }, " armed")] : []); // hidden text is part of the button's accessible name
  replace(list, armed.length
    ? armed.map(({ offer, times }) => h("li", {}, icon("fault"), h("strong", {}, offer.words), h("span", { class: "muted" }, times === 0 ? "until disarmed" : times > 1 ? `${times} times` : "")))
    : h("li", { class: "muted" }, "Nothing armed: everything behaves."));
}

/** Fetches the armed faults; those that are gone have happened. */
async function refresh() {
  const lists = await Promise.all(places.map(listed));
  if (lists.includes(null)) return;
  const before = armed;
  armed = lists.flat();
  const left = armed.map(({ offer }) => offer.words);
  for (const { offer } of before) if (!left.includes(offer.words)) toast(`It happened: ${offer.words}. ${offer.watch}`);
  draw();
}

async function arm({ at, faults }) {
  for (const { mine, ...fault } of faults) {
    const answer = await post(at, { ...fault, user: mine ? state.user : undefined });
    if (answer.ok === false) return toast(explain(answer.error), "error");
  }
  return refresh();
}

async function disarm() {
  armed = [];
  await Promise.all(places.map(remove));
  await refresh();
}

const refreshSoon = debounce(REFRESH_WAIT_MS, refresh);

export function startFaults() {
  on("boot", refresh);
  on("frame", (frame) => frame.type === "network" && (armed.length || list.isConnected) && refreshSoon());
}

const officeLink = (title, office) => h("p", { class: "muted" }, h("a", { href: office, target: "_blank", rel: "noreferrer" }, `Back office of ${title}`), ": its orders, wallets and faults.");

const offerRow = (offer) => h("li", {},
  h("div", {}, h("strong", {}, offer.words), h("div", { class: "muted" }, offer.note), h("div", { class: "fault-watch" }, offer.watch)),
  h("button", { type: "button", class: "button", "aria-label": `Arm: ${offer.words}`, onclick: () => arm(offer) }, "Arm"));

export function faultsPanel() {
  refresh();
  return {
    title: "Faults",
    body: [
      h("p", { class: "muted" }, "Break something with one click, then use the app as usual and watch the bot cope. Each works once unless it says otherwise."),
      h("div", { class: "fault-now" }, list, disarmer),
      groups.map(({ title, offers, office }) => [h("h3", { class: "drawer-title" }, title), office && officeLink(title, office), h("ul", { class: "fault-offers", "aria-label": title }, offers.map(offerRow))]),
      peopleAndTime(),
    ],
  };
}
