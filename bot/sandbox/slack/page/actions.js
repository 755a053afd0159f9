// Sends block_actions, with the confirm dialog before and the loading state meanwhile.
import { explain, post } from "./api.js";
import { freshId, h } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { elementsOf } from "./form.js";
import { blocksNow, emit, on, state } from "./state.js";

const CHANGED = "This has changed while you were deciding, so nothing was sent. Have a look at what it says now.";

function isStillThere(form, block, element) {
  return blocksNow(form.ref).some((each) => each.block_id === block.block_id && elementsOf(each).some(({ action_id }) => action_id === element.action_id));
}

/** Resolves to true when the person confirms, to false also when the element disappears. */
function confirmed(question, still_there) {
  return new Promise((resolve) => {
    const title = freshId("confirm");
    const answer = (yes) => () => {
      stop();
      dialog.close();
      dialog.remove();
      resolve(yes);
    };
    const stop = on("frame", () => {
      if (still_there()) return;
      answer(false)();
      emit("notice", { text: CHANGED });
    });
    const style = question.style === "danger" ? "danger" : "primary";
    const dialog = h("dialog", { class: "modal confirm", role: "alertdialog", "aria-labelledby": title, "aria-describedby": `${title}-text` },
      h("h2", { id: title, class: "modal-title" }, textObject(question.title)),
      h("div", { id: `${title}-text`, class: "confirm-text" }, textObject(question.text)),
      h("div", { class: "modal-foot" },
        h("button", { type: "button", class: "button", onclick: answer(false) }, textObject(question.deny)),
        h("button", { type: "button", class: `button button-${style}`, onclick: answer(true) }, textObject(question.confirm)),
      ),
    );
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      answer(false)();
    });
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector(".button-danger, .button-primary").focus();
  });
}

export function busy(control, is_busy) {
  control.classList.toggle("is-busy", is_busy);
  if (is_busy) control.setAttribute("aria-busy", "true");
  else control.removeAttribute("aria-busy");
  if (control.tagName === "BUTTON") control.setAttribute("aria-disabled", String(is_busy));
}

/** Errors of a form that was submitted or closed meanwhile are not shown. */
const isClosed = ({ ref }) => ref.type === "view" && !state.views.some(({ id }) => id === ref.view_id);

/** Delivers an action; resolves to false when the person does not confirm or the delivery fails. */
export async function act(form, block, element, value, control) {
  if (control.getAttribute("aria-busy") || isClosed(form)) return false;
  if (element.confirm && !(await confirmed(element.confirm, () => isStillThere(form, block, element)))) return false;
  busy(control, true);
  const answer = await post("/client/action", {
    user: state.user,
    session: state.session,
    container: form.ref,
    block_id: block.block_id,
    action_id: element.action_id,
    value,
    state: form.state(),
  });
  busy(control, false);
  if (answer.ok === false && !isClosed(form)) emit("notice", { text: explain(answer.error, state.boot.app.name), kind: "error" });
  return answer.ok !== false;
}

export async function suggest(form, block, element, typed) {
  return post("/client/suggest", {
    user: state.user,
    session: state.session,
    container: form.ref,
    block_id: block.block_id,
    action_id: element.action_id,
    value: typed,
    state: form.state(),
  });
}

/** Runs a global shortcut, or with `where` ({channel, message_ts}) one on a message. */
export async function runShortcut(callback_id, where = {}) {
  const answer = await post("/client/shortcut", { user: state.user, session: state.session, callback_id, ...where });
  if (answer.ok === false) emit("notice", { text: explain(answer.error, state.boot.app.name), kind: "error" });
}
