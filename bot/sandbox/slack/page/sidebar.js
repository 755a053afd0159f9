// The workspace on the left: channels, direct messages, the app.
import { h, icon, replace } from "./dom.js";
import { face } from "./people.js";
import { botChannel, botUser, channelName, goTo, on, state } from "./state.js";

const root = document.getElementById("sidebar");
const scrim = document.getElementById("scrim");

export function toggleSidebar(open = !root.classList.contains("is-open")) {
  root.classList.toggle("is-open", open);
  scrim.hidden = !open;
  document.querySelector("[data-opens=sidebar]")?.setAttribute("aria-expanded", String(open));
  if (open) root.querySelector("a")?.focus();
}

const isHere = (place) => state.place?.kind === place.kind && state.place.id === place.id;

function item(place, hash, picture, name, unread) {
  const here = isHere(place);
  const count = here ? 0 : Number(unread ?? 0);
  const open = (event) => {
    event.preventDefault();
    toggleSidebar(false);
    goTo(place.kind === "app" ? { kind: "app", tab: botChannel() ? "messages" : "home" } : place);
    document.querySelector(".composer textarea")?.focus({ preventScroll: true });
  };
  return h("li", {}, h("a", { href: hash, class: count ? "side-item has-unread" : "side-item", "aria-current": here ? "page" : undefined, onclick: open },
    picture, h("span", { class: "side-name" }, name),
    count > 0 && h("span", { class: "unread" }, String(count), h("span", { class: "visually-hidden" }, " unread"))));
}

const part = (title, items) => [h("h2", { class: "side-title" }, title), h("ul", {}, items)];

function draw() {
  const { team, app, channels } = state.boot;
  const bot = botChannel();
  const rooms = channels.filter((each) => each.kind !== "im").sort((a, b) => a.name.localeCompare(b.name));
  const direct = channels.filter((each) => each.kind === "im" && each !== bot);
  const channelItem = (each) => item({ kind: "channel", id: each.id }, `#${each.id}`, icon(each.kind === "private" ? "lock" : "hash"), each.name, each.unread);
  const directItem = (each) => item({ kind: "channel", id: each.id }, `#${each.id}`, face(each.members.find((id) => id !== state.user) ?? state.user), channelName(each), each.unread);
  replace(root,
    h("div", { class: "side-team" }, team.name),
    h("div", { class: "side-scroll" },
      part("Channels", rooms.map(channelItem)),
      direct.length ? part("Direct messages", direct.map(directItem)) : [],
      part("Apps", [item({ kind: "app" }, "#app", face(botUser(), app.name), app.name, bot?.unread)]),
    ),
    h("p", { class: "side-foot" }, "A stand-in for Slack on this machine. Nothing here is real."));
  const unread = channels.reduce((sum, each) => sum + Number(each.unread ?? 0), 0);
  document.title = `${unread ? `(${unread}) ` : ""}${team.name} (stand-in)`;
}

export function startSidebar() {
  scrim.addEventListener("click", () => toggleSidebar(false));
  root.addEventListener("keydown", (event) => event.key === "Escape" && toggleSidebar(false));
  for (const topic of ["boot", "place", "channels"]) on(topic, () => state.boot && draw());
}
