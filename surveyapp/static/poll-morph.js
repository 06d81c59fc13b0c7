/* Brings a part of a page up to date without replacing what is the same: the focus stays,
 * what a person has typed or opened stays, bars grow instead of jumping. */
window.PollMorph = (function () {
  "use strict";

  /* What a person or a script has changed since the page came. */
  function own(element, name) {
    return (name === "open" && element.nodeName === "DETAILS") || (name === "hidden" && "fullscreen" in element.dataset);
  }

  function attributes(old, fresh) {
    Array.from(old.attributes).forEach(function (one) {
      if (!fresh.hasAttribute(one.name) && !own(old, one.name)) old.removeAttribute(one.name);
    });
    Array.from(fresh.attributes).forEach(function (one) {
      if (old.getAttribute(one.name) !== one.value && !own(old, one.name)) old.setAttribute(one.name, one.value);
    });
  }

  function node(old, fresh) {
    if (old.nodeType !== fresh.nodeType || old.nodeName !== fresh.nodeName) {
      old.replaceWith(fresh);
    } else if (old.nodeType === Node.ELEMENT_NODE) {
      attributes(old, fresh);
      children(old, fresh);
    } else if (old.data !== fresh.data) {
      old.data = fresh.data;
    }
  }

  function children(old, fresh) {
    var before = Array.from(old.childNodes);
    var after = Array.from(fresh.childNodes);
    after.forEach(function (child, index) {
      if (index < before.length) node(before[index], child);
      else old.appendChild(child);
    });
    before.slice(after.length).forEach(function (child) { child.remove(); });
  }

  return function (target, html) {
    var template = document.createElement("template");
    template.innerHTML = html;
    children(target, template.content);
  };
})();
