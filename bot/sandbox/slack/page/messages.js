// A conversation: a log of messages that is patched message by message.
import { runShortcut } from "./actions.js";
import { drawBlocks } from "./blocks.js";
import { h, icon, replace } from "./dom.js";
import { Form } from "./form.js";
import { mrkdwn, plain } from "./mrkdwn.js";
import { author, face, standing } from "./people.js";
import { openMenu } from "./popup.js";
import { keyOf, messagesOf, on, openChannel, person, state } from "./state.js";

const TOGETHER_S = 300;
const forms = new Map(); // channel/key -> the choices made inside that message
let log = null;
let shown = null;

const clock = (ts) => new Date(Number(ts) * 1000).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
const dayOf = (ts) => new Date(Number(ts) * 1000).toDateString();

function dayName(ts) {
  const when = new Date(Number(ts) * 1000);
  if (when.toDateString() === new Date().toDateString()) return "Today";
  return when.toLocaleDateString(undefined, { weekday: "long", day: "numeric", month: "long" });
}

function formFor(message, channel_id) {
  const key = `${channel_id}/${keyOf(message)}`;
  if (!forms.has(key)) forms.set(key, new Form({ type: message.ephemeral ? "ephemeral" : "message", channel: channel_id, ts: message.ts }));
  return forms.get(key);
}

function shortcutsButton(message, who, channel_id) {
  const shortcuts = state.boot.shortcuts.filter((each) => each.type === "message");
  if (message.ephemeral || !shortcuts.length) return null;
  const run = ({ callback_id }) => runShortcut(callback_id, { channel: channel_id, message_ts: message.ts });
  const button = h("button", {
    type: "button", class: "button-quiet", "aria-label": `Message actions, ${who.name} at ${clock(message.ts)}`, "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => openMenu(button, "Message actions", shortcuts.map((each) => ({ label: each.name, note: state.boot.app.name, run: () => run(each) }))),
  }, icon("dots"));
  return h("div", { class: "row-tools" }, button);
}

function row(message, channel_id) {
  const who = author(message);
  const about = who.app ? "" : standing(person(who.id));
  return h("article", { class: "row", data: { ts: message.ts, key: keyOf(message), author: `${who.id}${who.name}`, channel: channel_id } },
    h("div", { class: "row-face" }, face(who.id, who.name), h("time", { class: "row-hover-time" }, clock(message.ts))),
    h("div", { class: "row-main" },
      message.ephemeral && h("div", { class: "row-mark" }, icon("eye"), "Only visible to you"),
      h("div", { class: "row-head" },
        h("span", { class: "row-name" }, who.name), who.app && h("span", { class: "badge" }, "APP"),
        about && h("span", { class: "row-about" }, about), h("time", { class: "row-time" }, clock(message.ts))),
      h("div", { class: "row-body" })),
    shortcutsButton(message, who, channel_id));
}

function dress(node, message, channel_id) {
  node.classList.toggle("is-ephemeral", Boolean(message.ephemeral));
  const body = node.querySelector(".row-body");
  if (message.blocks?.length) {
    if (!body.querySelector(".blocks")) replace(body, h("div", { class: "blocks" }));
    drawBlocks(body.querySelector(".blocks"), message.blocks, formFor(message, channel_id));
  } else {
    const text = message.mrkdwn === false ? plain(message.text) : mrkdwn(message.text);
    replace(body, h("div", { class: "rich" }, text, message.edited && h("span", { class: "edited" }, " (edited)")));
  }
}

function put(message, channel_id) {
  const key = keyOf(message);
  const rows = [...log.querySelectorAll(".row")];
  let node = rows.find((each) => each.dataset.key === key);
  if (!node) {
    node = row(message, channel_id);
    const later = rows.find((each) => Number(each.dataset.ts) > Number(message.ts));
    log.insertBefore(node, later ?? null);
  }
  dress(node, message, channel_id);
  return node;
}

/** Adds lines between days, and one head for consecutive messages of one person. */
function group() {
  for (const line of log.querySelectorAll(".day")) line.remove();
  let before = null;
  for (const node of log.querySelectorAll(".row")) {
    const same_day = before && dayOf(before.dataset.ts) === dayOf(node.dataset.ts);
    if (!same_day) node.before(h("div", { class: "day" }, h("span", {}, dayName(node.dataset.ts))));
    const close = same_day && Number(node.dataset.ts) - Number(before.dataset.ts) < TOGETHER_S;
    const alike = close && before.dataset.author === node.dataset.author && !node.classList.contains("is-ephemeral") && !before.classList.contains("is-ephemeral");
    node.classList.toggle("follows", Boolean(alike));
    before = node;
  }
}

const scroller = () => log.parentElement;
const atBottom = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight < 120;

function scrollDown() {
  scroller().scrollTop = scroller().scrollHeight;
}

/** Fills `root` with the conversation and keeps it current. */
export function drawConversation(root, channel_id, welcome) {
  shown = channel_id;
  log = h("div", { class: "log", role: "log", "aria-label": "Messages" });
  replace(root, h("div", { class: "log-start" }, welcome), log);
  for (const message of messagesOf(channel_id)) put(message, channel_id);
  group();
  scrollDown();
}

/** Brings one message into view and marks it for a moment, as a permalink does. */
export function pointOut(ts) {
  const node = [...log.querySelectorAll(".row")].find((each) => each.dataset.ts === ts);
  node?.classList.add("is-pointed-out");
  node?.scrollIntoView({ block: "center" });
}

const visible = (channel_id) => log?.isConnected && channel_id === shown && openChannel() === channel_id;

export function startMessages() {
  on("message", ({ channel, message }) => {
    if (!visible(channel)) return;
    const follow = atBottom();
    const node = put(message, channel);
    group();
    if (!follow && message.user !== state.user && !message.ephemeral) return;
    scrollDown();
    if (node.offsetHeight > scroller().clientHeight) node.scrollIntoView({ block: "start" });
  });
  on("message_gone", ({ channel, key }) => {
    if (!visible(channel)) return;
    [...log.querySelectorAll(".row")].find((each) => each.dataset.key === key)?.remove();
    group();
  });
}
