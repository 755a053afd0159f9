"""Why an order is where it is, in the words of people: what Slack and the terminal show alike."""

from collections.abc import Mapping

from bot.domain.lifecycle import OrderState
from bot.domain.orders import Order
from bot.domain.policy import Denial, DenialReason
from bot.domain.problems import JSON, Problem, ProblemCode

_RESUBMISSION_BLOCKED = (
    "The vendor does not list it, and it is not asked for again by itself, because {why} "
    "It is still looked up. When the vendor confirms that it never took it, close it with *Resolve…*."
)
_OVER_LIMIT = "An order may cost at most {limit}; this costs {charge}."

# One for each code; a test compares its {names} with the parameters of the code.
_TEMPLATES: Mapping[ProblemCode, str] = {
    ProblemCode.DECLINED: "{note}",
    ProblemCode.EXPIRED: "Nobody decided within {hours} hours.",
    ProblemCode.RESOLVED: "{note}",
    ProblemCode.PRICE_MOVED: (
        "The charge was {approved} when this was approved and is {now} now. It needs a new decision."
    ),
    ProblemCode.OVER_LIMIT: f"Not bought: {_OVER_LIMIT}",
    ProblemCode.VENDOR_FORBIDDEN: (
        "Not bought: the policy no longer allows anything to be bought from {vendor}."
    ),
    ProblemCode.DENIED_BY_POLICY: "Not bought: {why}",
    ProblemCode.AWAITING_TURN: "It waits for {reference}: this vendor's purchases are made one at a time.",
    ProblemCode.NOT_BOUGHT_YET: "Not bought yet: {why} It is tried again by itself.",
    ProblemCode.REFUSED_BY_VENDOR: "The vendor refused it: {why}",
    ProblemCode.OUTCOME_UNKNOWN: (
        "The vendor's answer did not arrive, so it is not known yet whether this was bought. "
        "It is being looked up with the vendor; nothing is bought twice."
    ),
    ProblemCode.BOUGHT_ANEW: "The vendor did not make it, and no money moved. It is bought anew.",
    ProblemCode.RESUBMISSION_BLOCKED_APPROVAL_NO_LONGER_VALID: _RESUBMISSION_BLOCKED.format(
        why="too few approvals cover it now: {approved} of {needed}."
    ),
    ProblemCode.RESUBMISSION_BLOCKED_PRICE_MOVED: _RESUBMISSION_BLOCKED.format(
        why="the charge was {approved} when it was approved and is {now} now."
    ),
    ProblemCode.RESUBMISSION_BLOCKED_VENDOR_FORBIDDEN: _RESUBMISSION_BLOCKED.format(
        why="the policy no longer lets anything be bought from {vendor}."
    ),
    ProblemCode.RESUBMISSION_BLOCKED_OVER_LIMIT: _RESUBMISSION_BLOCKED.format(
        why=f"the policy no longer lets an order cost that much: {_OVER_LIMIT}"
    ),
    ProblemCode.RESUBMISSION_BLOCKED_DENIED_BY_POLICY: _RESUBMISSION_BLOCKED.format(
        why="the policy no longer allows it: {why}"
    ),
    ProblemCode.RESUBMISSION_BLOCKED_QUOTE_REFUSED: _RESUBMISSION_BLOCKED.format(
        why="the vendor no longer sells it so: {why}"
    ),
    ProblemCode.ATTRIBUTION_INCONCLUSIVE: (
        "It is not known whether this was bought: {why} Nothing is bought for it, and nothing else from this "
        "vendor, until that is known. Compare with the vendor's dashboard, then close it with *Resolve…*."
    ),
    ProblemCode.CODES_UNAVAILABLE: (
        "Paid for, but the vendor no longer shows the codes in clear. "
        "Its support has to send them; nothing is bought again."
    ),
    ProblemCode.PINS_UNKNOWN: (
        "Paid for, and the vendor shows its codes again, but not whether they have PINs. They are kept "
        "sealed; the vendor's support has to say what belongs to them. Nothing is bought again."
    ),
    ProblemCode.FAILED: "The vendor could not fulfil it and refunds the wallet.",
    ProblemCode.CANCELLED: "The vendor cancelled it.",
    ProblemCode.PURCHASE_MISMATCH: (
        "The vendor's answer to this purchase is for something else than was ordered. It is paid, its codes "
        "are kept sealed, and a person has to look into it with the vendor. Nothing is bought again."
    ),
    ProblemCode.FOREIGN_ORDER: (
        "The vendor holds an order under our reference that is not the one we asked for. "
        "Nothing more is bought under it; a person has to look into it with the vendor."
    ),
    ProblemCode.CHILDREN_FELL_SHORT: "{children}",
}
_WALLET_TOO_LOW = "The wallet cannot cover it. Have it topped up, then ask again."


def problem_line(order: Order) -> str | None:
    """What is wrong with the order, not escaped; None where nothing is."""
    lines = [_charge_mismatch(order), order.problem and problem_text(order.problem)]
    return " ".join(line for line in lines if line) or None


def _charge_mismatch(order: Order) -> str | None:
    if order.charged is None or order.expected_debit in (None, order.charged):
        return None
    return f"The vendor charged {order.charged}, and {order.expected_debit} was quoted right before."


def problem_text(problem: Problem) -> str:
    """Not escaped: a parameter may quote what the vendor or a person wrote."""
    parameters = dict(problem.parameters)
    match problem.code:
        case ProblemCode.REFUSED_BY_VENDOR if parameters["funds"]:
            return _WALLET_TOO_LOW
        case ProblemCode.DENIED_BY_POLICY | ProblemCode.RESUBMISSION_BLOCKED_DENIED_BY_POLICY:
            parameters["why"] = _denial_text(parameters["reason"], parameters["parameters"])
        case ProblemCode.CHILDREN_FELL_SHORT:
            parameters["children"] = _children_text(parameters["children"])
    return _TEMPLATES[problem.code].format(**parameters)


def _denial_text(code: JSON, parameters: JSON) -> str:
    """In the words of the rule; of one that is gone there is only the code."""
    assert isinstance(code, str), "as the order wrote it"
    assert isinstance(parameters, dict), "as the order wrote it"
    reason = DenialReason.from_code(code)
    return Denial(reason, parameters).sentence if reason else f"A rule of the policy said {code}."


def _children_text(children: JSON) -> str:
    assert isinstance(children, list), "as the order wrote it"
    return " ".join(_child_text(child) for child in children)


def _child_text(child: JSON) -> str:
    """`GC-261121-7K3MQ9VX-2 (100 cards) is refused: …`"""
    assert isinstance(child, dict), "as the order wrote it"
    state = OrderState(str(child["state"])).words
    return f"{child['reference']} ({child['units']} cards) is {state}{_reason(child['problem'])}"


def _reason(problem: JSON) -> str:
    if not isinstance(problem, dict):
        return "."
    parameters = problem["parameters"]
    assert isinstance(parameters, dict), "as the order wrote it"
    return f": {problem_text(Problem(ProblemCode(str(problem['code'])), parameters))}"
