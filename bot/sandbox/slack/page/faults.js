// The fault panel: make something go wrong on purpose and watch the bot cope.
import { explain, get, post, remove } from "./api.js";
import { debounce, h, icon, replace } from "./dom.js";
import { on, state } from "./state.js";
import { toast } from "./toasts.js";

const PATH = "/control/faults";
const REFRESH_WAIT_MS = 250;

const OFFERS = [
  { kind: "duplicate", words: "Deliver twice", note: "The next click or command reaches the bot two times." },
  { kind: "late_ack", words: "Answer too late", note: "The bot does the work, but you see Slack’s failure." },
  { kind: "unreachable", words: "Bot out of reach", note: "The next thing you do does not reach the bot." },
  { kind: "expired_trigger", words: "Expired trigger", note: "The next form opens too late for Slack." },
  { kind: "offline", words: "Be offline", note: "The next message only for you is lost on its way.", mine: true },
  { kind: "rate_limited", method: "chat.postMessage", retry_after: 5, words: "Slow down (429)", note: "The next message of the bot must wait 5 seconds." },
  { kind: "drop_after", method: "chat.postMessage", words: "Posted, answer lost", note: "Slack posts the message but hangs up before saying so." },
  { kind: "server_error", words: "Slack is broken (500)", note: "The bot’s next call fails." },
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

async function arm({ words, note: _, mine, ...fault }) {
  const answer = await post(PATH, { times: 1, ...fault, user: mine ? state.user : undefined });
  if (answer.ok === false) toast(explain(answer.error), "error");
  else toast(`Armed: ${words}.`);
  await refresh();
}

async function cut() {
  const answer = await post("/control/socket", { do: "cut" });
  toast(answer.ok === false ? explain(answer.error) : "The bot’s connection is cut. It has to find its way back.", answer.ok === false ? "error" : "plain");
}

async function disarm() {
  await remove(PATH);
  await refresh();
}

const refreshSoon = debounce(REFRESH_WAIT_MS, refresh);

export function startFaults() {
  on("frame", (frame) => frame.type === "network" && armed.isConnected && refreshSoon());
}

export function faultsPanel() {
  refresh();
  return {
    title: "Faults",
    body: [
      h("p", { class: "muted" }, "Arm a fault, then use the app as usual. Each works once."),
      h("div", { class: "fault-now" }, armed, h("button", { type: "button", class: "button", onclick: disarm }, "Disarm all")),
      h("ul", { class: "fault-offers" }, OFFERS.map((offer) => h("li", {},
        h("div", {}, h("strong", {}, offer.words), h("div", { class: "muted" }, offer.note)),
        h("button", { type: "button", class: "button", "aria-label": `Arm: ${offer.words}`, onclick: () => arm(offer) }, "Arm")))),
      h("button", { type: "button", class: "button", onclick: cut }, "Cut the bot’s connection now"),
    ],
  };
}
