// Renders Block Kit blocks; only changed blocks are redrawn.
import { h, icon, keepingFocus, freshId } from "./dom.js";
import { element } from "./elements.js";
import { markdown } from "./markdown.js";
import { plain, textObject } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { closeIfDetached } from "./popup.js";
import { richText, table } from "./richtext.js";

const sources = new WeakMap(); // node -> the JSON it was drawn from

/** Draws `blocks` into `root`; a block with the same JSON keeps its node, focus and caret. */
export function drawBlocks(root, blocks, form) {
  form.blocks = blocks;
  keepingFocus(root, () => {
    const known = new Map([...root.children].map((node) => [node.dataset.key, node]));
    const wanted = blocks.map((block, index) => {
      const key = block.block_id ?? `${index}:${block.type}`;
      const source = JSON.stringify(block);
      const node = known.get(key);
      if (node && sources.get(node) === source) return node;
      const fresh = draw(block, form);
      fresh.dataset.key = key;
      if (block.block_id) fresh.dataset.blockId = block.block_id;
      sources.set(fresh, source);
      return fresh;
    });
    for (const node of known.values()) if (!wanted.includes(node)) node.remove();
    let at = root.firstElementChild;
    for (const node of wanted) {
      if (node === at) at = at.nextElementSibling;
      else root.insertBefore(node, at);
    }
  });
  closeIfDetached();
}

function draw(block, form) {
  const make = BLOCKS[block.type];
  return make ? make(block, form) : h("div", { class: "block unknown" }, `(a ${block.type} block, not shown by this stand-in)`);
}

function section(block, form) {
  const label = block.text?.text.split("\n")[0].replace(/[*_~`<>]/g, "").slice(0, 60);
  return h("div", { class: "block section" },
    h("div", { class: "section-body" },
      block.text && h("div", { class: "rich" }, textObject(block.text)),
      block.fields && h("div", { class: "fields" }, block.fields.map((field) => h("div", { class: "field rich" }, textObject(field)))),
    ),
    block.accessory && h("div", { class: "accessory" }, element({ form, block, label: named(block.accessory) ? "" : label, dispatch: true }, block.accessory)),
  );
}

const named = (accessory) => Boolean(accessory.placeholder || accessory.type === "button");

function input(block, form) {
  const stem = freshId("field");
  const label = block.label.text;
  const ids = { labelId: `${stem}-label`, controlId: `${stem}-control`, hintId: `${stem}-about` };
  const slot = { form, block, label, ...ids, dispatch: Boolean(block.dispatch_action) };
  const control = element(slot, block.element);
  const grouped = ["checkboxes", "radio_buttons"].includes(block.element.type);
  const head = h("label", { class: "label", id: ids.labelId, for: grouped ? undefined : ids.controlId }, plain(label), block.optional && h("span", { class: "optional" }, " (optional)"));
  const combobox = control.querySelector?.("[role=combobox]");
  if (combobox) combobox.id = ids.controlId;
  return h("div", { class: "block input-block" },
    head, control,
    h("div", { id: ids.hintId, class: "about" }, h("div", { class: "error", data: { error: "" } }), block.hint && h("div", { class: "hint" }, textObject(block.hint))),
  );
}

/** Shows an error below its input block, or removes it. */
export function complain(root, block_id, reason) {
  const node = [...root.querySelectorAll(".input-block")].find((each) => each.dataset.blockId === block_id);
  if (!node) return null;
  const control = node.querySelector("[data-action-id]");
  node.classList.toggle("has-error", Boolean(reason));
  node.querySelector("[data-error]").replaceChildren(...(reason ? [icon("warn"), reason] : []));
  if (reason) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  return control;
}

const figure = (block) => h("figure", { class: "block picture" },
  block.title && h("figcaption", {}, textObject(block.title)),
  picture(block.image_url, block.alt_text, "wide"));

const BLOCKS = {
  section,
  input,
  header: (block) => h("h3", { class: "block header" }, textObject(block.text)),
  divider: () => h("hr", { class: "block divider" }),
  context: (block, form) => h("div", { class: "block context rich" }, block.elements.map((each) =>
    each.type === "image" ? element({ form, block }, each) : h("span", { class: "context-item" }, textObject(each)))),
  actions: (block, form) => h("div", { class: "block actions" }, block.elements.map((each) => element({ form, block, dispatch: true }, each))),
  image: figure,
  rich_text: (block) => h("div", { class: "block rich" }, richText(block.elements)),
  markdown: (block) => h("div", { class: "block rich" }, markdown(block.text)),
  table: (block) => h("div", { class: "block table-scroll", tabindex: "0", role: "region", "aria-label": "Table" }, table(block)),
  alert: (block) => h("div", { class: `block alert alert-${block.level ?? "default"} rich`, role: block.level === "error" ? "alert" : "note" }, icon("warn"), h("div", {}, textObject(block.text))),
};
