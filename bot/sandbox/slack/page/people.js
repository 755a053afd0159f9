// Avatars (initials) and badges.
import { h, icon } from "./dom.js";
import { botUser, nameOf, person, roleOf, state } from "./state.js";

const HUES = 8; // .face-0 … .face-7 in messages.css

export function face(id, name = nameOf(person(id))) {
  const bot = id === botUser();
  const initials = name.split(/\s+/).slice(0, 2).map((word) => [...word][0]).join("");
  const hue = [...String(id)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % HUES;
  return h("span", { class: `face ${bot ? "face-bot" : `face-${hue}`}`, "aria-hidden": "true" }, bot ? icon("gift") : initials.toUpperCase());
}

/** A group's handle; mentions by apps may lack a label. */
export const groupName = (id) => state.boot.usergroups.find((group) => group.id === id)?.handle;

/** A short note about a person, such as guest or deactivated. */
export function standing(user) {
  if (!user) return "";
  if (user.deleted) return "Deactivated";
  if (user.is_stranger) return "Another workspace";
  return roleOf(user) || (user.is_restricted ? "Guest" : "");
}

export function author(message) {
  if (message.bot_id || message.user === botUser()) return { id: botUser(), name: message.username ?? state.boot.app.name, app: true };
  return { id: message.user, name: nameOf(person(message.user)), app: false };
}
