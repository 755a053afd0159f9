// The input in one message, modal or Home, kept by block_id and action_id across re-renders.

const text = (element) => ({ value: element.initial_value ?? null });

const BLANK = {
  plain_text_input: text,
  number_input: text,
  email_text_input: text,
  url_text_input: text,
  static_select: (element) => ({ selected_option: element.initial_option ?? null }),
  external_select: (element) => ({ selected_option: element.initial_option ?? null }),
  radio_buttons: (element) => ({ selected_option: element.initial_option ?? null }),
  checkboxes: (element) => ({ selected_options: element.initial_options ?? [] }),
  users_select: (element) => ({ selected_user: element.initial_user ?? null }),
  conversations_select: (element) => ({ selected_conversation: element.initial_conversation ?? null }),
  channels_select: (element) => ({ selected_channel: element.initial_channel ?? null }),
  datepicker: (element) => ({ selected_date: element.initial_date ?? null }),
  timepicker: (element) => ({ selected_time: element.initial_time ?? null }),
};

export const elementsOf = (block) => [block.element, block.accessory, ...(block.type === "actions" ? block.elements : [])].filter(Boolean);

/** The value in an element's state: a string, an option, a list of options, or null. */
function answerIn(held) {
  const { type: _, ...rest } = held;
  return Object.values(rest)[0] ?? null;
}

function stillOffered(element, held) {
  const offered = element.option_groups?.flatMap((group) => group.options) ?? element.options;
  const chosen = held.selected_options ?? [held.selected_option ?? null];
  return !offered || chosen.every((each) => each === null || offered.some(({ value }) => value === each.value));
}

const isEmpty = (answer) => answer === null || answer === "" || (Array.isArray(answer) && answer.length === 0);

export class Form {
  #held = new Map();

  /** `ref` identifies the form's container in the protocol. */
  constructor(ref) {
    this.ref = ref;
    this.blocks = [];
  }

  read(block, element) {
    const held = this.#held.get(JSON.stringify([block.block_id, element.action_id]));
    if (held?.type === element.type && stillOffered(element, held)) return held;
    return { type: element.type, ...BLANK[element.type](element) };
  }

  write(block, element, answer) {
    this.#held.set(JSON.stringify([block.block_id, element.action_id]), { type: element.type, ...answer });
  }

  /** `{block_id: {action_id: {type, …}}}`, as Slack sends it. */
  state() {
    const values = {};
    for (const block of this.blocks) {
      for (const element of elementsOf(block)) {
        if (!BLANK[element.type]) continue;
        values[block.block_id] ??= {};
        values[block.block_id][element.action_id] = this.read(block, element);
      }
    }
    return values;
  }

  /** The errors that Slack shows without asking the app: `{block_id: reason}`. */
  complaints() {
    const found = {};
    for (const block of this.blocks) {
      if (block.type !== "input") continue;
      const reason = complaint(block, answerIn(this.read(block, block.element)));
      if (reason) found[block.block_id] = reason;
    }
    return found;
  }
}

function complaint(block, answer) {
  if (isEmpty(answer)) return block.optional ? null : "Please fill in this field.";
  return FORMATS[block.element.type]?.(String(answer).trim(), block.element) ?? null;
}

const FORMATS = {
  plain_text_input(answer, { min_length, max_length }) {
    if (min_length && answer.length < min_length) return `Please write at least ${min_length} characters.`;
    if (max_length && answer.length > max_length) return `Please write at most ${max_length} characters.`;
    return null;
  },
  number_input(answer, { is_decimal_allowed, min_value, max_value }) {
    if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(answer)) return "Please enter a number.";
    if (!is_decimal_allowed && answer.includes(".")) return "Please enter a whole number.";
    if (min_value !== undefined && Number(answer) < Number(min_value)) return `Please enter ${min_value} or more.`;
    if (max_value !== undefined && Number(answer) > Number(max_value)) return `Please enter ${max_value} or less.`;
    return null;
  },
  email_text_input: (answer) => (/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(answer) ? null : "Please enter an e-mail address, such as name@example.com."),
  url_text_input(answer) {
    return /^https?:\/\/[^\s/]+\S*$/i.test(answer) ? null : "Please enter a link, such as https://example.com.";
  },
};
