// The guided first run: three steps, checked off by frames of the socket in any tab.
import { h, icon, replace } from "./dom.js";
import { guideRoot } from "./place.js";
import { botChannel, botUser, nameOf, on, person, state } from "./state.js";

const KEY = "standin.guide";
const AGENT = "U0AGENT01";
const LEAD = "U0LEAD001";
const APPROVALS = "C0APPROVE1";

const read = () => JSON.parse(localStorage.getItem(KEY) ?? "{}");

function note(change) {
  const before = read();
  const after = { ...before, ...change };
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  localStorage.setItem(KEY, JSON.stringify(after));
  draw();
}

const buttonsIn = (message) => (message.blocks ?? []).flatMap((block) => (block.type === "actions" ? block.elements : [block.accessory])).filter((one) => one?.type === "button");
const offersCodes = (message) => buttonsIn(message).some((one) => /show codes/i.test(one.text.text));
const awaitsDecision = (message) => buttonsIn(message).some((one) => /approve/i.test(one.text.text));
const fromBot = (message) => Boolean(message.bot_id) || message.user === botUser();

const waiting = new Set(); // ts of cards that had buttons

function watchApprovals(frame) {
  if (frame.channel !== APPROVALS || !fromBot(frame.message)) return;
  if (awaitsDecision(frame.message)) {
    waiting.add(frame.message.ts);
    note({ requested: true });
  } else if (waiting.delete(frame.message.ts)) note({ requested: true, approved: true });
}

function watchAgent(frame) {
  if (state.user !== AGENT || frame.channel !== botChannel()?.id || !fromBot(frame.message)) return;
  if (frame.type === "message") note({ requested: true });
  if (frame.type === "message" && offersCodes(frame.message)) note({ approved: true });
  if (frame.type === "ephemeral" && read().approved) note({ shown: true });
}

// `who(suffix)` is the person's name: a link to their tab when it is their turn and this tab is another person's.
const STEPS = [
  { done: "requested", person_id: AGENT, words: (who) => ["As ", who(), ", type ", h("code", {}, "/giftcard"), " and request a card"] },
  { done: "approved", person_id: LEAD, at: `#${APPROVALS}`, words: (who) => ["Open ", who("’s tab"), " and approve it in ", h("code", {}, "#giftcard-approvals")] },
  { done: "shown", person_id: AGENT, at: "#app-messages", words: (who) => ["Back as ", who(), ", open the app’s messages and press ", h("strong", {}, "Show codes")] },
];

function step({ done, person_id, at = "", words }, index, progress, current) {
  const is_current = index === current;
  const mark = progress[done] ? icon("check") : String(index + 1);
  const kind = progress[done] ? "is-done" : is_current ? "is-current" : "";
  const who = (suffix = "") => {
    const name = nameOf(person(person_id)) + suffix;
    if (!is_current || person_id === state.user) return h("strong", {}, name);
    return h("a", { href: `/?user=${person_id}${at}`, target: "_blank" }, name);
  };
  return h("li", { class: `guide-step ${kind}`, "aria-current": is_current ? "step" : undefined },
    h("span", { class: "guide-mark" }, mark), progress[done] && h("span", { class: "visually-hidden" }, "Done: "), h("span", { class: "guide-words" }, words(who)));
}

function draw() {
  const progress = read();
  if (!state.boot || progress.dismissed || !person(AGENT) || !person(LEAD)) return replace(guideRoot);
  const current = STEPS.findIndex(({ done }) => !progress[done]);
  const finished = current < 0;
  return replace(guideRoot, h("section", { class: finished ? "guide is-finished" : "guide", "aria-label": "First run" },
    h("h2", { class: "guide-title" }, finished ? "That is the whole job." : "First run"),
    h("ol", { class: "guide-steps" }, STEPS.map((each, index) => step(each, index, progress, current))),
    h("button", { type: "button", class: "button-quiet", "aria-label": "Dismiss the first run", title: "Dismiss", onclick: () => note({ dismissed: true }) }, icon("close"))));
}

export function startGuide() {
  on("boot", draw);
  on("frame", (frame) => {
    if (!frame.message) return;
    watchApprovals(frame);
    watchAgent(frame);
  });
  on("history", ({ channel, messages }) => {
    if (channel !== APPROVALS) return;
    for (const message of messages.filter(awaitsDecision)) {
      waiting.add(message.ts);
      note({ requested: true });
    }
  });
  addEventListener("storage", (event) => event.key === KEY && draw());
}
