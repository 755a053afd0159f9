// The bar on top: title, people menu, theme and panels.
import { h, icon, replace } from "./dom.js";
import { face, standing } from "./people.js";
import { openMenu } from "./popup.js";
import { toggleSidebar } from "./sidebar.js";
import { nameOf, on, person, state } from "./state.js";

const SLACKBOT = "USLACKBOT"; // Slack's flags do not mark it as a bot
const THEME_KEY = "standin.theme";
const root = document.getElementById("top");

const isDark = () => getComputedStyle(document.documentElement).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

function flipTheme(event) {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem(THEME_KEY, theme);
  replace(event.currentTarget, icon(isDark() ? "sun" : "moon"));
}

const address = (user) => `/?user=${encodeURIComponent(user.id)}`;

function people() {
  return state.boot.users.filter((user) => !user.is_bot && !user.deleted && user.id !== state.user && user.id !== SLACKBOT).map((user) => ({
    label: [face(user.id), h("span", {}, nameOf(user), h("span", { class: "menu-under" }, standing(user)))],
    href: address(user), target: "_blank", note: "new tab",
    aside: { label: "switch here", name: `Switch this tab to ${nameOf(user)}`, href: address(user) },
  }));
}

export function startTop(panels) {
  const saved = localStorage.getItem(THEME_KEY);
  if (saved) document.documentElement.dataset.theme = saved;
  for (const topic of ["boot", "users"]) on(topic, () => draw(panels));
  on("online", drawState);
}

function drawState() {
  root.querySelector(".top-state")?.replaceChildren(state.online ? "" : "Reconnecting…");
}

function personButton() {
  const me = person(state.user);
  const button = h("button", {
    type: "button", class: "who", "aria-haspopup": "menu", "aria-expanded": "false", "aria-label": `You are ${nameOf(me)}. Switch person`,
    onclick: () => openMenu(button, "Switch person", people()),
  }, face(me.id), h("span", { class: "who-words" }, h("span", { class: "who-name" }, nameOf(me)), h("span", { class: "who-role" }, standing(me))), icon("chevron"));
  return button;
}

function draw(panels) {
  const burger = h("button", {
    type: "button", class: "top-button burger", "aria-label": "Open sidebar", "aria-controls": "sidebar", "aria-expanded": "false", data: { opens: "sidebar" },
    onclick: () => toggleSidebar(),
  }, icon("menu"));
  const theme = h("button", { type: "button", class: "top-button", "aria-label": "Light or dark", title: "Light or dark", onclick: flipTheme }, icon(isDark() ? "sun" : "moon"));
  replace(root, burger,
    h("div", { class: "mark" }, h("strong", {}, "Stand-in"), h("span", {}, "not Slack: nothing here is real")),
    h("span", { class: "top-state", role: "status" }),
    h("div", { class: "top-tools" }, panels, theme, personButton()));
  drawState();
}
