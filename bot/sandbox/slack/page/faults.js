// The fault panel: make something go wrong on purpose and watch the bot cope.
import { explain, get, post, remove } from "./api.js";
import { h, icon, replace } from "./dom.js";
import { toast } from "./toasts.js";

const PATH = "/control/faults";

const OFFERS = [
  { kind: "duplicate", words: "Deliver the next thing twice", note: "A double click, or an envelope that arrives again." },
  { kind: "late_ack", words: "Time out the next click", note: "The person sees Slack’s failure although the bot did the work." },
];

const armed = h("ul", { class: "fault-armed", "aria-label": "Armed faults", "aria-live": "polite" });

export async function hasFaults() {
  return (await get(PATH)).error === undefined;
}

const listed = (answer) => (Array.isArray(answer) ? answer : answer.faults ?? answer.armed ?? []);

async function refresh() {
  const faults = listed(await get(PATH));
  replace(armed, faults.length
    ? faults.map((fault) => h("li", {}, icon("fault"), h("strong", {}, fault.kind), ` ${fault.times ?? ""}× left`))
    : h("li", { class: "muted" }, "Nothing armed: everything behaves."));
}

async function arm({ words, note: _, ...fault }) {
  const answer = await post(PATH, { times: 1, ...fault });
  if (answer.ok === false) toast(explain(answer.error), "error");
  else toast(`Armed: ${words}.`);
  await refresh();
}

async function disarm() {
  await remove(PATH);
  await refresh();
}

export function faultsPanel() {
  refresh();
  return {
    title: "Faults",
    body: [
      h("p", { class: "muted" }, "Arm a fault, then use the app as usual. Each works once."),
      h("ul", { class: "fault-offers" }, OFFERS.map((offer) => h("li", {},
        h("div", {}, h("strong", {}, offer.words), h("div", { class: "muted" }, offer.note)),
        h("button", { type: "button", class: "button", "aria-label": `Arm: ${offer.words}`, onclick: () => arm(offer) }, "Arm")))),
      h("h3", { class: "drawer-title" }, "Armed"), armed,
      h("button", { type: "button", class: "button", onclick: disarm }, "Disarm all"),
    ],
  };
}
