// The app's Home tab.
import { drawBlocks } from "./blocks.js";
import { h, replace } from "./dom.js";
import { Form } from "./form.js";
import { face } from "./people.js";
import { botUser, on, state } from "./state.js";

const form = new Form({ type: "home" });
let root = null;

function draw() {
  if (!root?.isConnected) return;
  if (!state.home) {
    return replace(root, h("div", { class: "empty" }, face(botUser(), state.boot.app.name), h("h3", {}, `Nothing on the Home tab of ${state.boot.app.name} yet`),
      h("p", {}, "The app fills it when you open it. Is the bot running?")));
  }
  if (!root.firstElementChild?.matches(".blocks")) replace(root, h("div", { class: "blocks" }));
  return drawBlocks(root.firstElementChild, state.home.blocks, form);
}

export function drawHome(node) {
  root = node;
  draw();
}

export function startHome() {
  on("home", draw);
}
