// The guided first run: three steps, checked off by what the socket shows, in whichever tab.
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

const waiting = new Set(); // ts of cards that had live buttons

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

const STEPS = [
  { done: "requested", words: () => ["As ", h("strong", {}, nameOf(person(AGENT))), ", type ", h("code", {}, "/giftcard"), " and request a card"], who: AGENT },
  { done: "approved", words: () => ["Open ", h("strong", {}, `${nameOf(person(LEAD))}’s`), " tab and approve it in ", h("code", {}, "#giftcard-approvals")], who: LEAD, at: `#${APPROVALS}` },
  { done: "shown", words: () => ["Back as ", h("strong", {}, nameOf(person(AGENT))), ", open the app’s messages and press ", h("strong", {}, "Show codes")], who: AGENT, at: "#app-messages" },
];

function step({ done, words, who, at = "" }, index, progress, current) {
  const mark = progress[done] ? icon("check") : String(index + 1);
  const kind = progress[done] ? "is-done" : index === current ? "is-current" : "";
  const elsewhere = index === current && who !== state.user;
  return h("li", { class: `guide-step ${kind}`, "aria-current": index === current ? "step" : undefined },
    h("span", { class: "guide-mark" }, mark), progress[done] && h("span", { class: "visually-hidden" }, "Done: "),
    h("span", { class: "guide-words" }, words(), elsewhere && [" ", h("a", { href: `/?user=${who}${at}`, target: "_blank" }, `Open ${nameOf(person(who))}’s tab`)]));
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
    if (channel === APPROVALS) for (const message of messages) if (awaitsDecision(message)) waiting.add(message.ts);
  });
  addEventListener("storage", (event) => event.key === KEY && draw());
}
