// Faults that happen at once instead of being armed: people leave groups, time passes, connections break.
import { explain, post } from "./api.js";
import { h, replace } from "./dom.js";
import { nameOf, on, person, state } from "./state.js";
import { toast } from "./toasts.js";

const HALF_AN_HOUR_S = 1860;
const root = h("ul", { class: "fault-offers", "aria-label": "People, time and the connection" });
const known = new Map(); // group id -> all members since this page opened

async function now(path, wish, words) {
  const answer = await post(path, wish);
  toast(answer.ok === false ? explain(answer.error) : words, answer.ok === false ? "error" : "plain");
}

const row = (words, note, verb, act) => h("li", {}, h("div", {}, h("strong", {}, words), h("div", { class: "muted" }, note)),
  h("button", { type: "button", class: "button", "aria-label": `${verb}: ${words}`, onclick: act }, verb));

function member(group, id) {
  const inside = group.users.includes(id);
  const name = nameOf(person(id));
  const users = inside ? group.users.filter((each) => each !== id) : [...group.users, id];
  const note = inside ? "From then on the bot must refuse what only the group may do." : `${name} is out. The bot has been told.`;
  const done = `${name} ${inside ? "has left" : "is back in"} @${group.handle}.`;
  return row(`${name} ${inside ? "leaves" : "returns to"} @${group.handle}`, note, inside ? "Leave" : "Return", () => now("/control/groups", { usergroup: group.id, users }, done));
}

function draw() {
  for (const { id, users } of state.boot.usergroups) known.set(id, new Set([...(known.get(id) ?? []), ...users]));
  replace(root,
    state.boot.usergroups.map((group) => [...known.get(group.id)].map((id) => member(group, id))),
    row("Half an hour passes for Slack", "What the bot was given to answer with has expired; triggers and retries are over.", "Pass", () => now("/control/clock", { shift_s: HALF_AN_HOUR_S }, "Half an hour has passed for Slack.")),
    row("The bot’s connection is cut", "Without a closing handshake, as networks do. It has to reconnect.", "Cut", () => now("/control/socket", { do: "cut" }, "The bot’s connection is cut. It has to reconnect.")));
}

export function peopleAndTime() {
  draw();
  return [h("h3", { class: "drawer-title" }, "People, time and the connection"), root];
}

on("usergroups", () => root.isConnected && draw());
