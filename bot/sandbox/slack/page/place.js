// The middle of the page: a conversation with its composer, or the app's Home.
import { get, post } from "./api.js";
import { composer } from "./composer.js";
import { h, icon, replace } from "./dom.js";
import { drawHome } from "./home.js";
import { drawConversation, pointOut } from "./messages.js";
import { face } from "./people.js";
import { botChannel, botUser, channel, channelName, emit, goTo, nameOf, on, openChannel, person, putHistory, state } from "./state.js";

const root = document.getElementById("main");
const guide = h("div", { id: "guide" });
const head = h("div", { class: "place-head" });
const tabs = h("div", { class: "tabs", role: "tablist", "aria-label": "Parts of the app" });
const scroll = h("div", { class: "scroll", id: "conversation", tabindex: "0", role: "region" });
const foot = h("div", { class: "place-foot" });

const TITLES = { home: "Home", messages: "Messages" };
const PERMALINK = /^\/archives\/(\w+)\/p(\d{7,})$/;

function memberNames(each) {
  return (each.members ?? []).map((id) => nameOf(person(id))).sort().join(", ");
}

function drawHead() {
  const each = channel(openChannel());
  if (state.place.kind === "app") return replace(head, face(botUser(), state.boot.app.name), h("h1", {}, state.boot.app.name), h("span", { class: "badge" }, "APP"));
  const members = each.members?.length ?? 0;
  const picture = each.kind === "im" ? face(each.members?.find((id) => id !== state.user)) : icon(each.kind === "private" ? "lock" : "hash");
  return replace(head, picture, h("h1", {}, channelName(each)), each.kind !== "im" && h("span", { class: "place-members", title: memberNames(each) }, `${members} members`));
}

function tab(name) {
  const here = state.place.tab === name;
  return h("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-selected": String(here), "aria-controls": scroll.id, tabindex: here ? "0" : "-1",
    onclick: () => goTo({ kind: "app", tab: name }),
  }, TITLES[name]);
}

function drawTabs() {
  const had = tabs.contains(document.activeElement);
  tabs.hidden = state.place.kind !== "app";
  scroll.setAttribute("role", tabs.hidden ? "region" : "tabpanel");
  replace(tabs, ["home", "messages"].filter((name) => state.boot.app.tabs?.includes(name)).map(tab));
  if (had) tabs.querySelector("[aria-selected=true]")?.focus();
}

tabs.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
  tabs.querySelector("[aria-selected=false]")?.focus();
  tabs.querySelector("[aria-selected=false]")?.click(); // there are two tabs, so both arrows select the other one
});

function welcome(each) {
  const title = h("strong", {}, each.kind === "im" ? channelName(each) : `#${each.name}`);
  if (each === botChannel()) return [title, h("p", {}, "Messages from the app arrive here. Only you and the app can read them.")];
  if (each.kind === "im") return [title, h("p", {}, "This is the beginning of your conversation.")];
  const nature = each.kind === "private" ? "A private channel: only its members see it." : "The beginning of the channel.";
  return [title, h("p", {}, nature), h("p", { class: "muted" }, memberNames(each))];
}

async function drawChannel(id) {
  const each = channel(id);
  const where = each.kind === "im" ? channelName(each) : `#${each.name}`;
  scroll.setAttribute("aria-label", where);
  replace(foot, composer(id, where));
  if (!state.loaded.has(id)) {
    const { messages } = await get("/client/history", { user: state.user, channel: id });
    if (messages) {
      putHistory(id, messages);
      emit("history", { channel: id, messages });
    }
  }
  if (openChannel() !== id) return;
  drawConversation(scroll, id, welcome(each));
  if (state.place.ts) pointOut(state.place.ts);
  delete state.place.ts;
  markRead();
}

function markRead() {
  const id = openChannel();
  if (!id || document.visibilityState !== "visible") return;
  if (Number(channel(id).unread ?? 0) > 0) {
    channel(id).unread = 0;
    emit("channels");
  }
  post("/client/read", { user: state.user, channel: id });
}

function draw() {
  const in_app = state.place.kind === "app";
  history.replaceState(null, "", in_app ? `#app-${state.place.tab}` : `#${state.place.id}`);
  if (!root.contains(scroll)) replace(root, guide, head, tabs, scroll, foot);
  drawHead();
  drawTabs();
  replace(scroll);
  replace(foot);
  if (in_app) post("/client/home", { user: state.user, session: state.session, tab: state.place.tab });
  const id = openChannel();
  if (id) return drawChannel(id);
  scroll.setAttribute("aria-label", state.boot.app.name);
  if (in_app && state.place.tab === "home") {
    replace(scroll, h("div", { class: "home" }));
    return drawHome(scroll.firstElementChild);
  }
  return replace(scroll, h("div", { class: "empty" }, face(botUser(), state.boot.app.name), h("h3", {}, "No messages yet"),
    h("p", {}, `${state.boot.app.name} writes to you here. Type /giftcard in any channel to begin.`)));
}

/** The place in the address (`#C0GENERAL1`, `#app-home`), or the usual one. */
export function placeFromAddress() {
  const [, archived, ts] = PERMALINK.exec(location.pathname) ?? [];
  if (channel(archived)) {
    history.replaceState(null, "", `/?user=${state.user}#${archived}`);
    return { kind: "channel", id: archived, ts: `${ts.slice(0, -6)}.${ts.slice(-6)}` };
  }
  const named = location.hash.slice(1);
  if (named.startsWith("app")) return { kind: "app", tab: named === "app-home" ? "home" : "messages" };
  return channel(named) ? { kind: "channel", id: named } : usualPlace();
}

/** #general, or the first channel. */
function usualPlace() {
  const rooms = state.boot.channels.filter((each) => each.kind !== "im");
  const found = rooms.find((each) => each.name === "general") ?? rooms[0];
  return found ? { kind: "channel", id: found.id } : { kind: "app", tab: "home" };
}

export function startPlace() {
  on("place", draw);
  on("channel_left", ({ left, was_open }) => {
    emit("notice", { text: `You are no longer in ${left.kind === "im" ? "that conversation" : `#${left.name}`}.` });
    if (was_open) goTo(usualPlace());
  });
  addEventListener("hashchange", () => state.boot && goTo(placeFromAddress()));
  let bot_known = null;
  on("channels", () => {
    const now = botChannel()?.id ?? null;
    if (now !== bot_known && state.place?.kind === "app" && state.place.tab === "messages") draw();
    bot_known = now;
  });
  on("message", ({ channel: id, message }) => id === openChannel() && !message.ephemeral && markRead());
  document.addEventListener("visibilitychange", () => state.place && markRead());
}

export const guideRoot = guide;
