// The composer: messages, slash commands and global shortcuts.
import { runShortcut } from "./actions.js";
import { explain, post } from "./api.js";
import { h, icon } from "./dom.js";
import { openMenu } from "./popup.js";
import { slashCompletion } from "./slash.js";
import { emit, state } from "./state.js";

const drafts = new Map(); // channel id -> unsent text
const TALLEST_PX = 200;

async function send(channel, text) {
  const base = { user: state.user, channel };
  if (text.startsWith("/")) return post("/client/command", { ...base, session: state.session, text });
  return post("/client/message", { ...base, text });
}

function shortcutsButton() {
  const shortcuts = state.boot.shortcuts.filter((each) => each.type === "global");
  const button = h("button", {
    type: "button", class: "button-quiet", "aria-label": "Shortcuts", title: "Shortcuts", "aria-haspopup": "menu", "aria-expanded": "false",
    onclick: () => openMenu(button, "Shortcuts", shortcuts.map((each) => ({ label: each.name, note: state.boot.app.name, run: () => runShortcut(each.callback_id) }))),
  }, icon("bolt"));
  return shortcuts.length ? button : null;
}

/** The composer of one conversation; `where` is its name, such as `#general`. */
export function composer(channel, where) {
  const label = `Message ${where}`;
  const field = h("textarea", { class: "composer-field", rows: 1, "aria-label": label, placeholder: label, value: drafts.get(channel) ?? "", autocomplete: "off" });
  const sender = h("button", { type: "submit", class: "button button-send", "aria-label": "Send" }, icon("send"));

  const keep = () => {
    drafts.set(channel, field.value);
    sender.classList.toggle("is-ready", Boolean(field.value.trim()));
    field.style.height = "auto";
    field.style.height = `${Math.min(field.scrollHeight, TALLEST_PX)}px`;
  };
  const slash = slashCompletion(field, keep);

  async function go(event) {
    event?.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    slash.shut();
    field.value = "";
    keep();
    box.classList.toggle("is-sending", text.startsWith("/"));
    const answer = await send(channel, text);
    box.classList.remove("is-sending");
    if (answer.ok !== false) return;
    if (!field.value) field.value = text;
    keep();
    emit("notice", { text: explain(answer.error, state.boot.app.name), kind: "error" });
  }

  field.addEventListener("input", () => {
    keep();
    slash.refresh();
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || slash.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) go(event);
  });

  const box = h("form", { class: "composer", onsubmit: go }, slash.list,
    h("div", { class: "composer-box" }, field,
      h("div", { class: "composer-tools" }, shortcutsButton(),
        h("span", { class: "composer-hint" }, "Type ", h("kbd", {}, "/"), " for commands · ", h("kbd", {}, "Shift Enter"), " for a new line"), sender)));
  queueMicrotask(keep);
  return box;
}
