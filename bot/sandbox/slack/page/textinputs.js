// Text, number, e-mail and link inputs, and when they send block_actions.
import { act } from "./actions.js";
import { debounce, h } from "./dom.js";

const TYPING_WAIT_MS = 300;

export const textControl = (mode) => (slot, element) => {
  const { form, block } = slot;
  const held = form.read(block, element).value ?? "";
  const field = h(element.multiline ? "textarea" : "input", {
    class: "input", type: element.multiline ? undefined : "text", inputmode: mode, rows: element.multiline ? 4 : undefined,
    id: slot.controlId, "aria-label": slot.controlId ? undefined : slot.label || element.placeholder?.text || "Text", "aria-describedby": slot.hintId,
    placeholder: element.placeholder?.text, maxlength: element.max_length, autocomplete: "off", value: held,
    data: { blockId: block.block_id, actionId: element.action_id },
  });
  const moments = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  const send = () => act(form, block, element, field.value, field);
  const sendSoon = debounce(TYPING_WAIT_MS, send);
  const counter = element.max_length && h("span", { class: "counter", "aria-hidden": "true" });
  const count = () => counter && (counter.textContent = String(element.max_length - field.value.length));

  field.addEventListener("input", () => {
    form.write(block, element, { value: field.value || null });
    count();
    if (slot.dispatch && moments.includes("on_character_entered")) sendSoon();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || !slot.dispatch || !moments.includes("on_enter_pressed")) return;
    event.preventDefault();
    send();
  });
  count();
  return counter ? h("div", { class: "counted" }, field, counter) : field;
};
