/* Evaluates the syntax trees of questionnaire expressions, as surveyapp/core/expression does.
 *
 * The server ships the trees and always has the last word; this only spares a round trip.
 * Keep both in step: tests/core/expression_vectors.json runs on both.
 *
 *   SurveyExpression.evaluate(ast, values, self, today, context) → text, number, Boolean or list
 *   SurveyExpression.truth(…)    → Boolean; a missing tree is true
 *   SurveyExpression.asAnswer(value) → what a calculation stores; null for nothing
 *
 * values: answers by question name, a repeat being an array of objects; self: the answer
 * that « . » stands for; today: "AAAA-MM-JJ"; context (optional): {row, position, attributes,
 * now} for one turn of a repeat, one choice, or the time "AAAA-MM-JJTHH:MM:SS".
 */
(function (root) {
  "use strict";

  var MAX_TEXT = 20000;
  var LAST_DAY = 2932896;
  var FIRST_DAY = -719162;
  var MONTHS = ("janvier février mars avril mai juin juillet août septembre octobre " +
    "novembre décembre").split(" ");
  var SHORT_MONTHS = "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(" ");
  var DAYS = "lundi mardi mercredi jeudi vendredi samedi dimanche".split(" ");
  var SHORT_DAYS = "lun. mar. mer. jeu. ven. sam. dim.".split(" ");

  /* ---- values ---- */

  function own(object, key) {
    return object && Object.prototype.hasOwnProperty.call(object, key) ? object[key] : undefined;
  }

  function scalar(raw) {
    return ["boolean", "string", "number"].includes(typeof raw) ? raw : "";
  }

  function normalise(raw) {
    return Array.isArray(raw) ? raw.map(scalar) : scalar(raw);
  }

  function items(value) {
    if (Array.isArray(value)) return value;
    return value === "" ? [] : [value];
  }

  function text(value) {
    if (typeof value === "string") return value;
    if (typeof value === "boolean") return value ? "true" : "false";
    if (Array.isArray(value)) return value.map(text).join(" ");
    return numberText(value);
  }

  /* Shortest decimal writing, never with an exponent. */
  function numberText(value) {
    if (value === 0) return "0";
    var parts = String(value).match(/^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/);
    if (!parts) return String(value);
    var digits = parts[2] + (parts[3] || "");
    var point = parts[2].length + Number(parts[4]);
    if (point <= 0) return parts[1] + "0." + "0".repeat(-point) + digits;
    return parts[1] + digits + "0".repeat(Math.max(0, point - digits.length));
  }

  function number(value) {
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value === "number") return value;
    var string = text(value);
    if (/^[ \t\r\n]*-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)[ \t\r\n]*$/.test(string)) {
      return Number(string.replace(/[ \t\r\n]/g, ""));
    }
    var days = daysOf(string);
    return days === null ? fractionOfDay(string) : days;
  }

  function truthy(value) {
    if (typeof value === "boolean") return value;
    if (typeof value === "number") return value !== 0 && !Number.isNaN(value);
    return value.length > 0;
  }

  function words(string) {
    return string.split(/[ \t\r\n]+/).filter(Boolean);
  }

  function cut(string) {
    return string.length > MAX_TEXT ? Array.from(string).slice(0, MAX_TEXT).join("") : string;
  }

  /* ---- dates: days since 1970-01-01 ---- */

  function daysOf(string) {
    var found = /^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([^]+))?$/.exec(string);
    if (!found) return null;
    var year = Number(found[1]), month = Number(found[2]), day = Number(found[3]);
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) {
      return null;
    }
    var fraction = found[4] === undefined ? 0 : fractionOfDay(found[4]);
    return Number.isNaN(fraction) ? null : civilToDays(year, month, day) + fraction;
  }

  function fractionOfDay(string) {
    var found = /^([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?$/.exec(string);
    if (!found) return NaN;
    var hour = Number(found[1]), minute = Number(found[2]), second = Number(found[3] || 0);
    if (hour > 23 || minute > 59 || second > 59) return NaN;
    return (hour * 3600 + minute * 60 + second) / 86400;
  }

  function monthLength(year, month) {
    if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
    return [4, 6, 9, 11].includes(month) ? 30 : 31;
  }

  function civilToDays(year, month, day) {
    var shifted = month <= 2 ? year - 1 : year;
    var era = Math.floor(shifted / 400);
    var yearOfEra = shifted - era * 400;
    var dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
    var dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) +
      dayOfYear;
    return era * 146097 + dayOfEra - 719468;
  }

  function civil(days) {
    if (!(days >= FIRST_DAY && days < LAST_DAY + 1)) return null;
    var shifted = Math.floor(days) + 719468;
    var era = Math.floor(shifted / 146097);
    var dayOfEra = shifted - era * 146097;
    var yearOfEra = Math.floor((dayOfEra - Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365);
    var dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) -
      Math.floor(yearOfEra / 100));
    var rank = Math.floor((5 * dayOfYear + 2) / 153);
    var month = rank < 10 ? rank + 3 : rank - 9;
    return {
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
      month: month,
      day: dayOfYear - Math.floor((153 * rank + 2) / 5) + 1
    };
  }

  function pad(value, length) {
    return String(value).padStart(length, "0");
  }

  function dateText(value) {
    var days = typeof value === "number" ? value : daysOf(text(value));
    if (days === null && typeof value !== "boolean") days = number(value);
    var found = days === null ? null : civil(days);
    return found ? pad(found.year, 4) + "-" + pad(found.month, 2) + "-" + pad(found.day, 2) : "";
  }

  function formatDate(value, pattern) {
    var days = number(value);
    var found = civil(days);
    if (!found) return "";
    var whole = Math.floor(days);
    var seconds = Math.min(Math.floor((days - whole) * 86400 + 0.5), 86399);
    var weekday = (((whole + 3) % 7) + 7) % 7;
    var parts = {
      Y: pad(found.year, 4), y: pad(found.year % 100, 2),
      m: pad(found.month, 2), n: String(found.month),
      B: MONTHS[found.month - 1], b: SHORT_MONTHS[found.month - 1],
      d: pad(found.day, 2), e: String(found.day),
      H: pad(Math.floor(seconds / 3600), 2), h: String(Math.floor(seconds / 3600)),
      M: pad(Math.floor(seconds / 60) % 60, 2), S: pad(seconds % 60, 2), 3: "000",
      A: DAYS[weekday], a: SHORT_DAYS[weekday], "%": "%"
    };
    return cut(text(pattern).replace(/%([^])/g, function (all, letter) {
      var part = own(parts, letter);
      return part === undefined ? all : part;
    }));
  }

  /* ---- functions ---- */

  function flat(list) {
    return list.reduce(function (all, value) { return all.concat(value); }, []);
  }

  function extreme(choose) {
    return function () {
      var numbers = flat(Array.from(arguments)).map(number);
      if (!numbers.length || numbers.some(Number.isNaN)) return NaN;
      return numbers.reduce(function (a, b) { return choose(a, b); }) + 0;
    };
  }

  function integral(apply) {
    return function (value) { return apply(number(value)) + 0; };
  }

  function round(value, digits) {
    var x = number(value), places = digits === undefined ? 0 : number(digits);
    if (Number.isNaN(places) || !Number.isFinite(x)) return Number.isNaN(places) ? NaN : x;
    var factor = 1;
    for (var i = 0; i < Math.trunc(Math.min(Math.abs(places), 15)); i += 1) factor *= 10;
    if (places < 0) return Math.floor(x / factor + 0.5) * factor + 0;
    var scaled = x * factor;
    return Number.isFinite(scaled) ? Math.floor(scaled + 0.5) / factor + 0 : x;
  }

  function names(value) {
    return Array.isArray(value) ? value.map(text) : words(text(value));
  }

  function bound(index, length) {
    return Math.trunc(Math.max(0, Math.min(index < 0 ? index + length : index, length)));
  }

  function substr(value, start, end) {
    var characters = Array.from(text(value));
    var first = number(start), last = end === undefined ? characters.length : number(end);
    if (Number.isNaN(first) || Number.isNaN(last)) return "";
    return characters.slice(bound(first, characters.length), bound(last, characters.length))
      .join("");
  }

  function translate(value, before, after) {
    var news = Array.from(text(after)), table = new Map();
    Array.from(text(before)).forEach(function (character, index) {
      if (!table.has(character)) table.set(character, news[index] || "");
    });
    return Array.from(text(value)).map(function (character) {
      return table.has(character) ? table.get(character) : character;
    }).join("");
  }

  /* The server's classes are ASCII; those of JavaScript are, but for blanks. */
  function portable(pattern) {
    var inside = false;
    return pattern.replace(/\\[^]|\[|\]/g, function (token) {
      if (token === "[") inside = true;
      if (token === "]") inside = false;
      if (token === "\\s") return inside ? " \\t\\n\\r\\f\\v" : "[ \\t\\n\\r\\f\\v]";
      if (token === "\\S") return "[^ \\t\\n\\r\\f\\v]";
      return token;
    });
  }

  function compile(pattern) {
    try {
      return new RegExp(portable(pattern), "u");
    } catch (error) {
      return new RegExp(portable(pattern));
    }
  }

  function regex(value, pattern) {
    var string = text(value);
    if (string.length > MAX_TEXT && Array.from(string).length > MAX_TEXT) return false;
    try {
      return compile(text(pattern)).test(string);
    } catch (error) {
      return false;
    }
  }

  function checklist(least, most) {
    var low = number(least), high = number(most);
    var total = flat(Array.from(arguments).slice(2)).filter(truthy).length;
    return (low === -1 || total >= low) && (high === -1 || total <= high);
  }

  function coalesce() {
    var found = Array.from(arguments).find(function (value) { return text(value) !== ""; });
    return found === undefined ? "" : found;
  }

  var CALLS = {
    "abs": integral(Math.abs),
    "boolean": truthy,
    "ceiling": integral(Math.ceil),
    "checklist": checklist,
    "coalesce": coalesce,
    "concat": function () { return cut(flat(Array.from(arguments)).map(text).join("")); },
    "contains": function (a, b) { return text(a).includes(text(b)); },
    "count": function (a) { return items(a).length; },
    "count-non-empty": function () {
      return flat(Array.from(arguments)).filter(function (a) { return text(a) !== ""; }).length;
    },
    "count-selected": function (a) { return names(a).length; },
    "date": dateText,
    "ends-with": function (a, b) { return text(a).endsWith(text(b)); },
    "false": function () { return false; },
    "floor": integral(Math.floor),
    "format-date": formatDate,
    "if": function (condition, then, otherwise) { return truthy(condition) ? then : otherwise; },
    "int": integral(Math.trunc),
    "join": function (separator) {
      return cut(flat(Array.from(arguments).slice(1)).map(text).join(text(separator)));
    },
    "max": extreme(Math.max),
    "min": extreme(Math.min),
    "normalize-space": function (a) { return words(text(a)).join(" "); },
    "not": function (a) { return !truthy(a); },
    "number": number,
    "pow": function (a, b) { return Math.pow(number(a), number(b)); },
    "regex": regex,
    "round": round,
    "selected": function (value, name) { return names(value).includes(text(name)); },
    "selected-at": function (value, rank) {
      var all = names(value), index = number(rank);
      return index >= 0 && index < all.length ? all[Math.trunc(index)] : "";
    },
    "starts-with": function (a, b) { return text(a).startsWith(text(b)); },
    "string": text,
    "string-length": function (a) { return Array.from(text(a)).length; },
    "substr": substr,
    "sum": function () {
      return flat(Array.from(arguments)).map(number).reduce(function (a, b) { return a + b; }, 0);
    },
    "translate": translate,
    "true": function () { return true; }
  };

  /* ---- the tree ---- */

  function equal(a, b) {
    if (typeof a === "boolean" || typeof b === "boolean") return truthy(a) === truthy(b);
    if (typeof a === "number" || typeof b === "number") return number(a) === number(b);
    return text(a) === text(b);
  }

  var OPERATORS = {
    "<": function (a, b) { return a < b; },
    "<=": function (a, b) { return a <= b; },
    ">": function (a, b) { return a > b; },
    ">=": function (a, b) { return a >= b; },
    "+": function (a, b) { return a + b; },
    "-": function (a, b) { return a - b; },
    "*": function (a, b) { return a * b; },
    "div": function (a, b) { return a / b; },
    "mod": function (a, b) { return a % b; }
  };

  function operate(symbol, operands) {
    if (symbol === "or") return operands.some(truthy);
    if (symbol === "and") return operands.every(truthy);
    if (symbol === "=") return equal(operands[0], operands[1]);
    if (symbol === "!=") return !equal(operands[0], operands[1]);
    return operands.map(number).reduce(OPERATORS[symbol]);
  }

  function choiceName(value, labels) {
    var known = new Map(labels[0] === "labels" ? labels.slice(1) : []);
    var chosen = flat(items(value).map(function (item) { return words(text(item)); }));
    return cut(chosen.map(function (name) {
      return known.has(name) ? known.get(name) : name;
    }).join(", "));
  }

  function call(ast, env) {
    var name = ast[1];
    if (name === "position") return env.context.position || 0;
    if (name === "today") return env.today;
    if (name === "now") return env.context.now || env.today + "T00:00:00";
    if (name === "once") return text(env.self) !== "" ? env.self : run(ast[2], env);
    if (name === "jr:choice-name") return choiceName(run(ast[2], env), ast[3]);
    return CALLS[name].apply(null, ast.slice(2).map(function (part) { return run(part, env); }));
  }

  function variable(env, name) {
    var inRow = own(env.context.row, name);
    return normalise(inRow === undefined ? own(env.values, name) : inRow);
  }

  function each(env, repeat, name) {
    var turns = own(env.values, repeat);
    if (!Array.isArray(turns)) return [];
    return turns.map(function (turn) {
      return scalar(own(turn, name));
    });
  }

  function run(ast, env) {
    switch (ast[0]) {
      case "num":
      case "str":
        return ast[1];
      case "var":
        return variable(env, ast[1]);
      case "self":
        return env.self;
      case "attr":
        return scalar(own(env.context.attributes, ast[1]));
      case "each":
        return each(env, ast[1], ast[2]);
      case "neg":
        return -number(run(ast[1], env));
      case "op":
        return operate(ast[1], ast.slice(2).map(function (part) { return run(part, env); }));
      case "call":
        return call(ast, env);
      default:
        return "";
    }
  }

  function evaluate(ast, values, self, today, context) {
    return run(ast, {
      values: values || {}, self: normalise(self), today: today, context: context || {}
    });
  }

  function truth(ast, values, self, today, context) {
    return !ast || truthy(evaluate(ast, values, self, today, context));
  }

  function asAnswer(value) {
    if (typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
    return text(value) || null;
  }

  root.SurveyExpression = { evaluate: evaluate, truth: truth, asAnswer: asAnswer };
})(typeof window === "undefined" ? globalThis : window);
