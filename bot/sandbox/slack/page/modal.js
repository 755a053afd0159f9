// The modal stack: one dialog with a panel per view; input is kept while other views are on top.
import { busy } from "./actions.js";
import { explain, post } from "./api.js";
import { complain, drawBlocks } from "./blocks.js";
import { freshId, h, icon, replace } from "./dom.js";
import { Form } from "./form.js";
import { textObject } from "./mrkdwn.js";
import { emit, on, receive, state } from "./state.js";

const CONTROLS = "input, textarea";
const panels = new Map(); // view id -> {form, node, title, body, foot, banner, view}
let cameFrom = null;

const dialog = h("dialog", { class: "modal", id: "modal" });
dialog.addEventListener("cancel", (event) => event.preventDefault());
dialog.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  event.preventDefault();
  close(state.views.at(-1), false);
});

function makePanel(view) {
  const panel = {
    view,
    form: new Form({ type: "view", view_id: view.id }),
    title: h("h2", { id: freshId("title"), class: "modal-title", tabindex: "-1", data: { homeFocus: "" } }),
    body: h("div", { class: "modal-body blocks", "aria-live": "polite" }),
    foot: h("div", { class: "modal-foot" }),
    banner: h("div", { class: "modal-banner", role: "alert" }),
  };
  const back = h("button", { type: "button", class: "button-quiet", "aria-label": "Back", onclick: () => close(panel.view, false) }, icon("back"));
  const shut = h("button", { type: "button", class: "button-quiet", "aria-label": "Close dialog", onclick: () => close(panel.view, true) }, icon("close"));
  const pushed = state.views.length > 1;
  panel.node = h("form", { class: "modal-panel", novalidate: true, onsubmit: (event) => submit(event, panel) },
    h("header", { class: "modal-head" }, pushed && back, panel.title, shut), panel.banner, panel.body, panel.foot);
  panel.body.addEventListener("input", (event) => clearError(panel, event.target));
  return panel;
}

/** A field's error is removed when the person edits it. */
function clearError(panel, control) {
  const block = control.closest(".input-block");
  if (block?.classList.contains("has-error")) complain(panel.body, block.dataset.blockId, null);
}

function fill(panel, view) {
  panel.view = view;
  replace(panel.title, textObject(view.title));
  const hadControls = Boolean(panel.body.querySelector(CONTROLS));
  drawBlocks(panel.body, view.blocks, panel.form);
  const words = (view.close && textObject(view.close)) || (view.submit ? "Cancel" : "Close");
  const shut = h("button", { type: "button", class: "button", onclick: () => close(panel.view, false) }, words);
  const go = view.submit && h("button", { type: "submit", class: "button button-primary" }, textObject(view.submit));
  const hadFocus = panel.foot.contains(document.activeElement);
  replace(panel.foot, shut, go);
  if (hadFocus) (go || shut).focus();
  if (panel.node.isConnected && !hadControls) firstControl(panel).focus({ preventScroll: true }); // a "Loading…" view was replaced by a form
}

function firstControl(panel) {
  return panel.body.querySelector(CONTROLS) ?? panel.foot.querySelector("[type=submit]") ?? panel.title;
}

function show() {
  const live = new Set(state.views.map((view) => view.id));
  for (const id of panels.keys()) if (!live.has(id)) panels.delete(id);
  const view = state.views.at(-1);
  if (!view) return hide();
  for (const each of state.views) {
    if (!panels.has(each.id)) panels.set(each.id, makePanel(each));
    const panel = panels.get(each.id);
    if (panel.view !== each || !panel.body.hasChildNodes()) fill(panel, each);
  }
  const panel = panels.get(view.id);
  if (!dialog.open) {
    cameFrom = document.activeElement;
    document.body.append(dialog);
    dialog.showModal();
  }
  if (dialog.firstElementChild === panel.node) return undefined;
  dialog.replaceChildren(panel.node);
  dialog.setAttribute("aria-labelledby", panel.title.id);
  return firstControl(panel).focus({ preventScroll: true });
}

function hide() {
  if (!dialog.open) return;
  dialog.close();
  dialog.replaceChildren();
  dialog.remove();
  if (cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
  else document.querySelector(".composer textarea")?.focus({ preventScroll: true });
}

async function close(view, clear) {
  const gone = clear ? state.views.map((each) => each.id) : [view.id];
  await post("/client/close", { user: state.user, session: state.session, view_id: view.id, clear });
  // The server closes it too; without this the modal could not be closed when the server is gone.
  for (const view_id of gone) receive({ type: "view_closed", view_id });
}

function showErrors(panel, errors) {
  const unplaced = [];
  let first = null;
  for (const node of panel.body.querySelectorAll(".input-block")) {
    const control = complain(panel.body, node.dataset.blockId, errors[node.dataset.blockId]);
    if (errors[node.dataset.blockId]) first ??= control;
  }
  for (const [block_id, reason] of Object.entries(errors)) {
    if (!panel.view.blocks.some((block) => block.block_id === block_id)) unplaced.push(reason);
  }
  panel.banner.replaceChildren(...unplaced);
  first?.scrollIntoView({ block: "center" });
  first?.focus({ preventScroll: true });
}

async function submit(event, panel) {
  event.preventDefault();
  const button = panel.foot.querySelector("[type=submit]");
  if (!button || button.getAttribute("aria-busy")) return;
  const complaints = panel.form.complaints();
  showErrors(panel, complaints);
  if (Object.keys(complaints).length) return;
  busy(button, true);
  const answer = await post("/client/submit", { user: state.user, session: state.session, view_id: panel.view.id, state: panel.form.state() });
  busy(button, false);
  if (answer.errors) showErrors(panel, answer.errors);
  else if (answer.ok === false) emit("notice", { text: explain(answer.error, state.boot.app.name), kind: "error" });
}

export function startModals() {
  on("views", show);
  const complainInside = (text) => panels.get(state.views.at(-1)?.id)?.banner.replaceChildren(icon("warn"), text);
  on("notice", ({ text }) => complainInside(text));
  on("frame", (frame) => frame.type === "notice" && complainInside(frame.text));
}
