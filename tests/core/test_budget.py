"""The financial sheet: accounts as data, totals, gaps, checks."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from surveyapp.core.bilan import BilanFormError, load_chart
from surveyapp.core.budget import Amounts, Budget, Level, checks, grant_share, rows
from surveyapp.core.french import rate
from surveyapp.core.money import CENTS, LIMIT, MILLS, money_input, parse_money
from surveyapp.reports.bilan_form import bilan_form

CHART = bilan_form().chart
KEYS = [line.key for line in CHART.lines()]
cents = st.none() | st.integers(-(10**9), 10**9)
budgets = st.dictionaries(st.sampled_from(KEYS), st.builds(Amounts, cents, cents)).map(Budget)


# -- money --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1 234,50 €", 123450),
        ("1\u202f234,5\u00a0€", 123450),
        ("1234.5", 123450),
        ("125000", 12500000),
        ("0,3", 30),
        (",05", 5),
        ("-12", -1200),
        ("−12,00", -1200),
        ("12 €", 1200),
    ],
)
def test_money_is_read_as_it_is_written_in_french(text: str, amount: int) -> None:
    assert parse_money(text) == amount


@pytest.mark.parametrize(
    "text", ["", "€", "douze", "1,234", "1.234,50", "12,345", "1e3", "٣", "9" * 30, "1-2"]
)
def test_other_texts_are_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-ZÉ].*\.$"):
        parse_money(text)


@given(st.integers(-LIMIT, LIMIT), st.sampled_from([CENTS, MILLS]))
def test_money_shown_in_an_input_is_read_back(amount: int, decimals: int) -> None:
    assert parse_money(money_input(amount, decimals=decimals), decimals=decimals) == amount


def test_a_rate_may_have_three_decimals() -> None:
    assert parse_money("0,529", decimals=MILLS) == 529
    assert money_input(600, decimals=MILLS) == "0,60"
    assert [rate(529), rate(600)] == ["0,529\u00a0€", "0,60\u00a0€"]
    with pytest.raises(ValueError, match="trois chiffres"):
        parse_money("0,5291", decimals=MILLS)


# -- accounts -----------------------------------------------------------------------------


def test_every_account_of_the_cerfa_is_there() -> None:
    """Domain.md B.5."""
    codes = [
        [a.printed for g in (*side.groups, side.in_kind) for a in g.accounts if a.printed]
        for side in CHART.sides
    ]
    assert codes[0] == [*(str(n) for n in range(60, 70)), "86"]
    assert codes[1] == ["70", "73", "74", "75", "76", "77", "78", "79", "87"]
    labels = " ".join(line.label for line in CHART.lines())
    for part in ("860", "861", "862", "864", "870", "871", "875", "756", "758", "FIR", "ACI"):
        assert part in labels
    assert "Cerfa 15059" in CHART.note


def test_one_line_takes_the_grant_and_each_side_has_the_volunteers() -> None:
    assert [line.key for line in CHART.lines() if line.grant] == ["74_ars"]
    assert [line.key for line in CHART.volunteering_lines] == ["86_864", "87_870"]


def test_an_account_used_twice_is_refused(tmp_path: Path) -> None:
    chart = {"code": "60", "label": "Achats"}
    side = {
        "name": "charges",
        "title": "Charges",
        "total": "Total",
        "grand_total": "Total",
        "groups": [{"name": "a", "title": "A", "accounts": [chart, chart]}],
        "in_kind": {"name": "b", "title": "B", "accounts": []},
    }
    path = tmp_path / "accounts.yaml"
    path.write_text(yaml.safe_dump({"note": "", "sides": [side, side]}), encoding="utf-8")
    with pytest.raises(BilanFormError, match="twice"):
        load_chart(path)


# -- sums ---------------------------------------------------------------------------------


@given(budgets)
def test_rows_add_up(budget: Budget) -> None:
    """Lines make their account, accounts make the total, the contributions the last one."""
    for side in CHART.sides:
        printed = rows(side, budget)
        accounts = [r for r in printed if r.level is Level.ACCOUNT]
        for column in ("planned", "actual"):
            for group in (*side.groups, side.in_kind):
                for account in group.accounts:
                    row = next(r for r in accounts if r.label == account.label)
                    written = [getattr(budget[x.key], column) for x in account.lines]
                    some = [amount for amount in written if amount is not None]
                    assert getattr(row.amounts, column) == (sum(some) if some else None)
            total, grand = (r for r in printed if r.level is Level.TOTAL)
            in_kind = getattr(budget.in_kind(side), column) or 0
            before = getattr(total.amounts, column) or 0
            assert (getattr(grand.amounts, column) or 0) == before + in_kind


def test_gap_and_ratio() -> None:
    amounts = Amounts(40_000_00, 41_000_00)
    assert (amounts.gap, amounts.ratio) == (1_000_00, 1.025)
    assert Amounts(0, 5_00).ratio is None
    assert Amounts(None, 5_00).ratio is None
    assert Amounts(None, 5_00).gap is None
    assert Amounts(5_00, None).gap is None


def test_nothing_written_is_not_zero() -> None:
    assert Budget().total(CHART.charges) == Amounts(None, None)
    assert Budget().empty
    assert not Budget({"65": Amounts(0, None)}).empty


def test_share_of_the_grant_is_in_the_total_of_the_produits() -> None:
    budget = Budget({"74_ars": Amounts(None, 45_000_00), "75_756": Amounts(None, 5_000_00)})
    assert grant_share(CHART, budget, 45_000_00) == 0.9
    assert grant_share(CHART, budget, None) is None
    assert grant_share(CHART, Budget(), 45_000_00) is None


def test_contributions_in_kind_do_not_dilute_the_grant() -> None:
    budget = Budget({"74_ars": Amounts(None, 100), "87_870": Amounts(None, 900)})
    assert grant_share(CHART, budget, 100) == 1.0


# -- what does not balance ----------------------------------------------------------------


def test_a_balanced_budget_has_nothing_to_say() -> None:
    budget = Budget(
        {
            "65": Amounts(100, 90),
            "74_ars": Amounts(100, 90),
            "86_864": Amounts(7, 8),
            "87_870": Amounts(7, 8),
        }
    )
    assert checks(CHART, budget, 90) == ()
    assert checks(CHART, Budget(), 90) == ()


def test_each_imbalance_is_one_sentence() -> None:
    budget = Budget(
        {"65": Amounts(100_00, 50_00), "74_ars": Amounts(90_00, 50_00), "86_864": Amounts(None, 8)}
    )
    said = checks(CHART, budget, 60_00)
    assert len(said) == 3
    assert "prévision" in said[0]
    assert "10,00" in said[0]
    assert "86" in said[1]
    assert "subvention" in said[2]


@given(budgets)
def test_checks_are_silent_only_when_both_sides_are_equal(budget: Budget) -> None:
    equal = all(
        (getattr(of(CHART.charges), column) or 0) == (getattr(of(CHART.produits), column) or 0)
        for of in (budget.total, budget.in_kind)
        for column in ("planned", "actual")
    )
    assert (checks(CHART, budget, None) == ()) is equal
