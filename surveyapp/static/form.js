/* Comfort on the pages of a questionnaire; everything works without it.
 *
 * - questions appear and disappear as answers are given (the server decides in the end);
 * - an exclusive option unticks the others, and they untick it;
 * - « Autre, précisez » shows its text field only when it is ticked;
 * - long texts count their characters; an optional radio is cleared on the spot.
 */
(function () {
  "use strict";

  var form = document.querySelector("form.respond[data-today]");
  if (!form) return;
  var language = window.SurveyExpression;
  var outside = JSON.parse(form.dataset.values || "{}");

  /* ---- what is answered ---- */

  function controls(block) {
    return Array.from(block.querySelectorAll("input, select, textarea")).filter(function (control) {
      return control.type !== "hidden" && !control.closest(".other") && control.name !== "_action";
    });
  }

  function number(text) {
    var compact = text.replace(/[\s\u00a0\u202f\u2009'’]/g, "").replace(",", ".");
    return compact === "" || isNaN(compact) ? "" : Number(compact);
  }

  function pad(value) {
    return String(value).padStart(2, "0");
  }

  function day(text) {
    var found = /^\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*$/.exec(text);
    if (found) return found[1] + "-" + pad(found[2]) + "-" + pad(found[3]);
    found = /^\s*(\d{1,2})[\/.\- ]?(\d{1,2})[\/.\- ]?(\d{4})\s*$/.exec(text);
    return found ? found[3] + "-" + pad(found[2]) + "-" + pad(found[1]) : "";
  }

  function hour(text) {
    var found = /^\s*(\d{1,2})\s*[h:.]\s*(\d{2})?\s*$/i.exec(text);
    return found ? pad(found[1]) + ":" + (found[2] || "00") : "";
  }

  function moment(text) {
    var found = /^\s*(\S+)\s+(?:à\s+)?(.+)$/.exec(text);
    var date = found && day(found[1]);
    var time = found && hour(found[2]);
    return date && time ? date + "T" + time : "";
  }

  var readers = {
    integer: number, decimal: number, date: day, time: hour, dateTime: moment,
  };

  function answer(block) {
    var kind = block.dataset.kind;
    var found = controls(block);
    var ticked = found.filter(function (control) { return control.checked; });
    if (kind === "select_multiple") return ticked.map(function (control) { return control.value; });
    if (kind === "rank") {
      var order = found.map(function (control) { return control.value; });
      return order.every(Boolean) ? order : [];
    }
    if (kind === "acknowledge") return ticked.length ? true : "";
    if (found.length && found[0].type === "radio") {
      var value = ticked.length ? ticked[0].value : "";
      return kind === "range" ? number(value) : value;
    }
    var text = found.length ? found[0].value.trim() : "";
    return (readers[kind] || String)(text);
  }

  function blocksIn(root) {
    return Array.from(root.querySelectorAll("[data-kind]"));
  }

  /* A block that is hidden, itself or by its surroundings, counts as not answered. */
  function shown(block) {
    return !block.closest("[hidden]");
  }

  function put(values, block) {
    if (!shown(block)) return;
    values[block.dataset.name] = answer(block);
    var other = block.querySelector(".other input");
    if (other && !other.disabled) values[block.dataset.name + "_other"] = other.value.trim();
  }

  function everything() {
    var values = Object.assign({}, outside);
    blocksIn(form).forEach(function (block) {
      if (!block.closest("[data-turn]")) put(values, block);
    });
    form.querySelectorAll("[data-repeat]").forEach(function (repeat) {
      if (shown(repeat)) values[repeat.dataset.repeat] = turns(repeat).map(turnValues);
    });
    return values;
  }

  function turns(repeat) {
    return Array.from(repeat.querySelectorAll("[data-turn]"));
  }

  function turnValues(turn) {
    var values = {};
    blocksIn(turn).forEach(function (block) {
      values[block.dataset.name] = "";
      put(values, block);
    });
    return values;
  }

  /* ---- conditions ---- */

  var conditional = Array.from(form.querySelectorAll("[data-relevant]")).map(function (block) {
    return { block: block, tree: JSON.parse(block.dataset.relevant), turn: block.closest("[data-turn]") };
  });

  function context(turn) {
    if (!turn) return undefined;
    return { row: turnValues(turn), position: Number(turn.dataset.turn) + 1 };
  }

  /* One answer can open a question whose answer opens another: until nothing moves. */
  function refresh() {
    for (var round = 0; round <= conditional.length; round += 1) {
      var values = everything();
      var moved = conditional.filter(function (item) {
        var hidden = !language.truth(item.tree, values, "", form.dataset.today, context(item.turn));
        var changed = item.block.hidden !== hidden;
        item.block.hidden = hidden;
        return changed;
      });
      if (!moved.length) break;
    }
    form.querySelectorAll(".group, .matrix").forEach(emptyGroup);
  }

  /* A group without condition of its own disappears with the last of its questions. */
  function emptyGroup(group) {
    if (group.dataset.relevant) return;
    var inside = Array.from(group.querySelectorAll("[data-kind], .note"));
    group.hidden = inside.length > 0 && inside.every(function (block) {
      for (var at = block; at && at !== group; at = at.parentElement) if (at.hidden) return true;
      return false;
    });
  }

  /* ---- options ---- */

  function exclude(changed) {
    if (changed.type !== "checkbox" || !changed.checked) return;
    var alone = "exclusive" in changed.dataset;
    form.querySelectorAll('input[type="checkbox"]').forEach(function (box) {
      if (box === changed || box.name !== changed.name) return;
      if (alone || "exclusive" in box.dataset) box.checked = false;
    });
    form.querySelectorAll("[data-other]").forEach(toggleOther);
  }

  /* A text that is hidden is not sent: it would tick « Autre » again. */
  function toggleOther(control) {
    var text = document.getElementById(control.dataset.other);
    var open = control.tagName === "SELECT" ? control.value === "other" : control.checked;
    text.closest(".other").hidden = !open;
    text.disabled = !open;
  }

  function refreshOthers(changed) {
    form.querySelectorAll("[data-other]").forEach(function (control) {
      if (control.name === changed.name) toggleOther(control);
    });
  }

  /* ---- comfort ---- */

  var spaced = new Intl.NumberFormat("fr-FR");

  function countCharacters(area) {
    var counter = document.createElement("div");
    counter.className = "form-text counter";
    counter.id = area.id + "-compte";
    area.after(counter);
    function show() {
      var maximum = Number(area.dataset.max);
      var left = maximum - Array.from(area.value).length;
      counter.hidden = left > maximum / 4;
      counter.classList.toggle("field-error", left < 0);
      counter.textContent = left < 0
        ? spaced.format(-left) + " caractère" + (left < -1 ? "s" : "") + " de trop"
        : "Encore " + spaced.format(left) + " caractère" + (left > 1 ? "s" : "");
    }
    area.addEventListener("input", show);
    show();
  }

  /* A radio cannot be unticked: the button that clears it works here without a new page. */
  form.addEventListener("click", function (event) {
    var button = event.target.closest(".clear");
    if (!button) return;
    event.preventDefault();
    var radios = Array.from(button.closest("fieldset").querySelectorAll('input[type="radio"]'));
    radios.forEach(function (radio) { radio.checked = false; });
    radios[0].focus();
    radios[0].dispatchEvent(new Event("change", { bubbles: true }));
  });

  form.addEventListener("change", function (event) {
    exclude(event.target);
    refreshOthers(event.target);
    if (conditional.length) refresh();
  });
  form.addEventListener("input", function (event) {
    if (conditional.length && event.target.matches("input, textarea")) refresh();
  });
  form.querySelectorAll("[data-other]").forEach(toggleOther);
  form.querySelectorAll("textarea[data-max]").forEach(countCharacters);
  if (conditional.length) refresh();
  /* Every question that is asked is on the screen: nothing can be opened unseen. */
  form.querySelector('[name="_hidden"]').value = "";

  var first = document.getElementById("erreurs") || document.getElementById("avis");
  if (first) first.focus();
})();
