// The state of this tab: the workspace as loaded, updated by every frame.

const LAST_PERSON = "standin.person"; // the person of permalinks without ?user=

function whoIsHere() {
  const named = new URLSearchParams(location.search).get("user");
  const user = named || (location.pathname !== "/" && localStorage.getItem(LAST_PERSON)) || "U0AGENT01";
  localStorage.setItem(LAST_PERSON, user);
  return user;
}

export const state = {
  user: whoIsHere(),
  session: null,
  online: false,
  boot: null,
  place: null, // {kind: "channel", id} or {kind: "app", tab: "home" | "messages"}
  messages: new Map(), // channel id -> Map(key -> message); ephemerals have their own keys
  loaded: new Set(), // channels whose history is here
  views: [], // the modal stack, root first
  home: null,
  network: [],
};

const listeners = new Map();

/** Adds a listener; returns the function that removes it. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, new Set());
  listeners.get(topic).add(listener);
  return () => listeners.get(topic).delete(listener);
}

export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export const person = (id) => state.boot?.users.find((user) => user.id === id);
export const channel = (id) => state.boot?.channels.find((each) => each.id === id);
export const nameOf = (user) => user?.profile?.display_name || user?.real_name || user?.profile?.real_name || user?.name || user?.id || "Somebody";
export const roleOf = (user) => user?.profile?.title || "";
export const botUser = () => state.boot?.app.user_id ?? state.boot?.app.user ?? "U0GIFTBOT";

/** The DM with the bot, if there is one. */
export const botChannel = () => state.boot?.channels.find((each) => each.kind === "im" && each.members?.includes(botUser()));

export function channelName(each) {
  if (each.kind !== "im") return each.name;
  const other = each.members?.find((id) => id !== state.user) ?? state.user;
  return other === botUser() ? state.boot.app.name : nameOf(person(other));
}

/** The channel on screen, or null when no conversation is shown. */
export function openChannel() {
  if (state.place?.kind === "channel") return state.place.id;
  if (state.place?.kind === "app" && state.place.tab === "messages") return botChannel()?.id ?? null;
  return null;
}

export function goTo(place) {
  state.place = place;
  emit("place", place);
}

function shelf(channel_id) {
  if (!state.messages.has(channel_id)) state.messages.set(channel_id, new Map());
  return state.messages.get(channel_id);
}

export const keyOf = (message) => `${message.ephemeral ? "e" : "m"}${message.ts}`;

export function messagesOf(channel_id) {
  return [...shelf(channel_id).values()].sort((a, b) => Number(a.ts) - Number(b.ts));
}

/** Adds fetched history; messages that frames brought meanwhile are newer and stay. */
export function putHistory(channel_id, messages) {
  state.messages.set(channel_id, new Map([...messages.map((message) => [keyOf(message), message]), ...shelf(channel_id)]));
  state.loaded.add(channel_id);
}

/** Drops what can be fetched again; ephemeral messages cannot. */
export function forgetHistory() {
  state.loaded.clear();
  for (const kept of state.messages.values()) for (const [key, message] of kept) if (!message.ephemeral) kept.delete(key);
}

const put = (ephemeral) => (frame) => {
  const message = { ...frame.message, ephemeral };
  shelf(frame.channel).set(keyOf(message), message);
  if (frame.type === "message" || frame.type === "ephemeral") markUnread(frame.channel, message);
  emit("message", { channel: frame.channel, message });
};

const drop = (mark) => (frame) => {
  const key = `${mark}${frame.ts}`;
  shelf(frame.channel).delete(key);
  emit("message_gone", { channel: frame.channel, key });
};

function markUnread(channel_id, message) {
  const where = channel(channel_id);
  if (!where || message.user === state.user) return;
  if (openChannel() === channel_id && document.visibilityState === "visible") return;
  where.unread = Number(where.unread ?? 0) + 1;
  emit("channels");
}

function putChannel({ channel: changed }) {
  const known = channel(changed.id);
  if (known) Object.assign(known, changed);
  else state.boot.channels.push({ unread: 0, ...changed });
  emit("channels");
}

/** The person has left the conversation, so all of it is removed. */
function leaveChannel({ channel: id }) {
  const left = channel(id);
  if (!left) return;
  const was_open = openChannel() === id;
  state.boot.channels = state.boot.channels.filter((each) => each !== left);
  state.messages.delete(id);
  state.loaded.delete(id);
  emit("channels");
  emit("channel_left", { left, was_open });
}

function putUser({ user }) {
  state.boot.users = state.boot.users.map((each) => (each.id === user.id ? user : each));
  emit("users");
}

function putGroup({ usergroup }) {
  state.boot.usergroups = state.boot.usergroups.map((each) => (each.id === usergroup.id ? usergroup : each));
  emit("usergroups");
}

/** The current blocks of a container, given as in the protocol; none when it is gone. */
export function blocksNow(ref) {
  if (ref.type === "home") return state.home?.blocks ?? [];
  if (ref.type === "view") return state.views.find((view) => view.id === ref.view_id)?.blocks ?? [];
  return shelf(ref.channel).get(keyOf({ ts: ref.ts, ephemeral: ref.type === "ephemeral" }))?.blocks ?? [];
}

const stack = (change) => (frame) => {
  state.views = change(state.views, frame);
  emit("views", frame);
};

const REDUCERS = {
  message: put(false),
  message_changed: put(false),
  message_deleted: drop("m"),
  ephemeral: put(true),
  ephemeral_changed: put(true),
  ephemeral_deleted: drop("e"),
  channel: putChannel,
  channel_left: leaveChannel,
  user: putUser,
  usergroup: putGroup,
  view_opened: stack((_, { view }) => [view]),
  view_pushed: stack((views, { view }) => [...views, view]),
  view_updated: stack((views, { view }) => views.map((each) => (each.id === view.id ? view : each))),
  view_closed: stack((views, { view_id }) => views.filter((each) => each.id !== view_id)),
  home: ({ view }) => {
    state.home = view;
    emit("home");
  },
};

/** Applies one frame; unknown types are only passed to listeners. */
export function receive(frame) {
  REDUCERS[frame.type]?.(frame);
  emit("frame", frame);
}
