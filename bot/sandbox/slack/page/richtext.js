// rich_text blocks and tables.
import { h } from "./dom.js";
import { emojiNode } from "./emoji.js";
import { channelMention, dateText, groupMention, link, plain, userMention } from "./mrkdwn.js";

const MARKS = { bold: "strong", italic: "em", strike: "s", underline: "u", code: "code" };

function styled(node, style = {}) {
  return Object.keys(MARKS).filter((mark) => style[mark]).reduce((inner, mark) => h(MARKS[mark], {}, inner), node);
}

const PIECES = {
  text: (piece) => styled(plain(piece.text, false), piece.style),
  link: (piece) => styled(link(piece.url, piece.text), piece.style),
  user: (piece) => userMention(piece.user_id),
  usergroup: (piece) => groupMention(piece.usergroup_id),
  channel: (piece) => channelMention(piece.channel_id),
  emoji: (piece) => emojiNode(piece.name) ?? `:${piece.name}:`,
  broadcast: (piece) => h("span", { class: "mention mention-me" }, `@${piece.range}`),
  date: (piece) => h("time", {}, dateText(piece.timestamp, piece.format ?? "{date}", piece.fallback)),
  color: (piece) => h("code", {}, piece.value),
};

const pieces = (elements) => elements.map((piece) => PIECES[piece.type]?.(piece) ?? piece.text ?? "");

const PARTS = {
  rich_text_section: (part) => h("div", {}, pieces(part.elements)),
  rich_text_preformatted: (part) => h("pre", {}, pieces(part.elements)),
  rich_text_quote: (part) => h("blockquote", {}, pieces(part.elements)),
  rich_text_list: (part) => h(part.style === "ordered" ? "ol" : "ul", { class: `indent-${Math.min(part.indent ?? 0, 4)}`, start: part.offset ? part.offset + 1 : undefined },
    part.elements.map((item) => h("li", {}, pieces(item.elements)))),
};

export const richText = (elements) => elements.map((part) => PARTS[part.type]?.(part) ?? "");

const cell = (one) => (one.type === "rich_text" ? richText(one.elements) : plain(String(one.text ?? one.value ?? ""), false));

export function table(block) {
  const side = (index) => block.column_settings?.[index]?.align;
  const row = (tag) => (cells) => h("tr", {}, cells.map((one, index) =>
    h(tag, { class: side(index) ? `align-${side(index)}` : undefined, scope: tag === "th" ? "col" : undefined }, cell(one))));
  const [head, ...body] = block.rows;
  return h("table", {}, h("thead", {}, row("th")(head)), h("tbody", {}, body.map(row("td"))));
}
