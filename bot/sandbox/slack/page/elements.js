// Block Kit elements as controls. `slot` is the context of one: {form, block, label, labelId, hintId, dispatch}.
import { act, suggest } from "./actions.js";
import { explain } from "./api.js";
import { freshId, h, icon } from "./dom.js";
import { followable, textObject } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { openMenu } from "./popup.js";
import { LOAD_WAIT_MS, among, combobox } from "./select.js";
import { channelName, nameOf, state } from "./state.js";
import { textControl } from "./textinputs.js";

const data = ({ block }, element, more = {}) => ({ blockId: block.block_id, actionId: element.action_id, ...more });
const nameFor = (slot, element) => slot.label || element.placeholder?.text || element.accessibility_label || "Choose";
const option = (value, text) => ({ value, text: { type: "plain_text", text } });

function button(slot, element) {
  const style = element.style ? `button button-${element.style}` : "button";
  const shared = { class: style, data: data(slot, element), "aria-label": element.accessibility_label };
  const press = (event) => {
    if (event.currentTarget.getAttribute("aria-busy")) return event.preventDefault();
    return act(slot.form, slot.block, element, undefined, event.currentTarget);
  };
  if (followable(element.url)) return h("a", { ...shared, href: element.url, target: "_blank", rel: "noopener noreferrer", onclick: press }, textObject(element.text), icon("tab"));
  return h("button", { ...shared, type: "button", onclick: press }, textObject(element.text));
}

/** A combobox whose choice is stored as `{[key]: …}`, and sent if the block dispatches actions. */
function select(slot, element, { key, selected, hold, groups, load, minimum, wait }) {
  const name = nameFor(slot, element);
  const { input, box } = combobox({
    name, labelledby: slot.labelId, describedby: slot.hintId, placeholder: element.placeholder?.text ?? "Choose an option",
    data: data(slot, element), selected, minimum, wait, clearable: slot.block.optional,
    load: load ?? among(groups),
    async chosen(picked) {
      const before = slot.form.read(slot.block, element);
      slot.form.write(slot.block, element, { [key]: hold(picked) });
      if (!slot.dispatch) return true;
      const done = await act(slot.form, slot.block, element, picked?.value ?? null, input);
      if (!done && element.confirm) slot.form.write(slot.block, element, before);
      return done || !element.confirm;
    },
  });
  return box;
}

function staticSelect(slot, element) {
  const groups = element.option_groups?.map((group) => ({ label: group.label.text, options: group.options })) ?? [{ options: element.options }];
  const selected = slot.form.read(slot.block, element).selected_option;
  return select(slot, element, { key: "selected_option", selected, hold: (picked) => picked, groups });
}

function externalSelect(slot, element) {
  const selected = slot.form.read(slot.block, element).selected_option;
  const load = async (typed) => {
    const answer = await suggest(slot.form, slot.block, element, typed);
    if (answer.ok === false) throw new Error(explain(answer.error, state.boot.app.name));
    if (answer.option_groups) return answer.option_groups.map((group) => ({ label: group.label.text, options: group.options }));
    return [{ options: answer.options ?? [] }];
  };
  return select(slot, element, { key: "selected_option", selected, hold: (picked) => picked, load, minimum: element.min_query_length ?? 3, wait: LOAD_WAIT_MS });
}

const directory = (key, entries) => (slot, element) => {
  const options = entries();
  const selected = options.find((each) => each.value === slot.form.read(slot.block, element)[key]) ?? null;
  return select(slot, element, { key, selected, hold: (picked) => picked?.value ?? null, groups: [{ options }] });
};

const people = () => state.boot.users.filter((user) => !user.deleted).map((user) => option(user.id, nameOf(user)));
const conversations = () => state.boot.channels.map((each) => option(each.id, `${each.kind === "im" ? "" : "#"}${channelName(each)}`));

function overflow(slot, element) {
  const trigger = h("button", {
    type: "button", class: "button button-icon", "aria-label": slot.label ? `More for ${slot.label}` : "More actions", "aria-haspopup": "menu", "aria-expanded": "false", data: data(slot, element),
    onclick: () => openMenu(trigger, "More actions", element.options.map((each) => ({
      label: textObject(each.text),
      note: each.description && textObject(each.description),
      href: followable(each.url), target: "_blank",
      run: () => act(slot.form, slot.block, element, each.value, trigger),
    }))),
  }, icon("dots"));
  return trigger;
}

function choices(slot, element, { type, checked, collect }) {
  const group = h("div", {
    class: "choices", role: type === "radio" ? "radiogroup" : "group", data: data(slot, element), tabindex: "-1",
    "aria-labelledby": slot.labelId, "aria-label": slot.labelId ? undefined : nameFor(slot, element), "aria-describedby": slot.hintId,
  });
  const name = freshId("choice");
  const boxes = element.options.map((each) => {
    const input = h("input", { type, name, value: each.value, checked: checked(each), data: data(slot, element, { option: each.value }) });
    group.append(h("label", { class: "choice" }, input, h("span", {}, textObject(each.text), each.description && h("span", { class: "choice-note" }, textObject(each.description)))));
    return input;
  });
  group.addEventListener("change", () => {
    const picked = element.options.filter((_, index) => boxes[index].checked);
    slot.form.write(slot.block, element, collect(picked));
    if (slot.dispatch) act(slot.form, slot.block, element, type === "radio" ? picked[0].value : picked.map((each) => each.value), group);
  });
  return group;
}

const checkboxes = (slot, element) => {
  const held = slot.form.read(slot.block, element).selected_options;
  return choices(slot, element, { type: "checkbox", checked: (each) => held.some(({ value }) => value === each.value), collect: (picked) => ({ selected_options: picked }) });
};

const radios = (slot, element) => {
  const held = slot.form.read(slot.block, element).selected_option;
  return choices(slot, element, { type: "radio", checked: (each) => held?.value === each.value, collect: ([picked]) => ({ selected_option: picked ?? null }) });
};

const picker = (type, key) => (slot, element) => h("input", {
  class: "input input-short", type, data: data(slot, element), value: slot.form.read(slot.block, element)[key] ?? "",
  id: slot.controlId, "aria-label": slot.controlId ? undefined : nameFor(slot, element), "aria-describedby": slot.hintId,
  onchange(event) {
    slot.form.write(slot.block, element, { [key]: event.target.value || null });
    if (slot.dispatch) act(slot.form, slot.block, element, event.target.value, event.target);
  },
});

const image = (_, element) => picture(element.image_url, element.alt_text, "thumb");

const MAKERS = {
  button,
  static_select: staticSelect,
  external_select: externalSelect,
  users_select: directory("selected_user", people),
  conversations_select: directory("selected_conversation", conversations),
  channels_select: directory("selected_channel", () => conversations().filter(({ text }) => text.text.startsWith("#"))),
  overflow,
  checkboxes,
  radio_buttons: radios,
  datepicker: picker("date", "selected_date"),
  timepicker: picker("time", "selected_time"),
  plain_text_input: textControl("text"),
  number_input: textControl("decimal"),
  email_text_input: textControl("email"),
  url_text_input: textControl("url"),
  image,
};

export function element(slot, one) {
  const make = MAKERS[one.type];
  return make ? make(slot, one) : h("span", { class: "unknown" }, `(${one.type} is not shown by this stand-in)`);
}
