// Slack's own notices, at the bottom of the screen or inside the open modal.
import { h, icon } from "./dom.js";
import { on, state } from "./state.js";

const STAY_MS = 12000;
const SAME_CAUSE_MS = 1500; // a call's response and the frame about it arrive together

let latest = { node: null, at: 0 };

export function toast(text, kind = "plain") {
  const failure = kind === "error";
  if (failure && performance.now() - latest.at < SAME_CAUSE_MS) latest.node?.remove();
  const node = h("div", { class: `toast toast-${kind}`, role: failure ? "alert" : undefined },
    icon(failure ? "warn" : "check"), h("span", {}, text),
    h("button", { type: "button", class: "button-quiet", "aria-label": "Dismiss", onclick: () => node.remove() }, icon("close")));
  if (failure) latest = { node, at: performance.now() };
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), STAY_MS);
}

export function startToasts() {
  on("notice", ({ text, kind }) => {
    if (!state.views.length) toast(text, kind);
  });
  on("frame", (frame) => {
    if (frame.type === "notice" && !state.views.length) toast(frame.text, "error");
  });
}
