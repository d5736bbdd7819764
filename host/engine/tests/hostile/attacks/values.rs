//! Answers that the types allow and the contract does not: amounts, counts, names and words out of range.

use boomerang_engine::{Point, SkipReason};
use serde_json::{Value as Json, json};

use crate::case::{Case, Class, Verdict};
use crate::guest::{CONTRACT, only_function};
use crate::value::{Val, from_json};

const INVALID: Verdict = Verdict::Skipped(SkipReason::InvalidOutput);

pub(super) fn cases() -> Vec<Case> {
    let mut class = Class::new("values");
    prices(&mut class);
    plans(&mut class);
    objections(&mut class);
    blocks(&mut class);
    reports(&mut class);
    others(&mut class);
    class.cases
}

fn answer(class: &mut Class, point: Point, name: &str, tries: &str, verdict: Verdict, ok: Json) {
    let name = format!("{point} {name}");
    class.add(name, tries, point, verdict, move |guest| {
        guest.answers_with(point.id(), &value(point, &json!({ "ok": ok })))
    });
}

fn value(point: Point, json: &Json) -> Val {
    let ty = only_function(point.id()).result.expect("every point has a result");
    from_json(&CONTRACT, &ty, json)
}

/// JSON with some fields replaced.
fn with(mut json: Json, fields: Json) -> Json {
    for (name, value) in fields.as_object().expect("fields are an object") {
        json[name] = value.clone();
    }
    json
}

fn prices(class: &mut Class) {
    let point = Point::CartPricing;
    let off = json!({ "target": { "line": 0 }, "amount": -100, "units": 1 });
    let adjustment = json!({ "class": "sale", "label": "Sale", "changes": [off], "claims": [] });
    let change = |fields: Json| json!({ "changes": [with(off.clone(), fields)] });
    let counter = json!({ "name": "sale-7", "limit": 10, "per-shopper": false, "per-variant": false });
    let quota = |fields: Json| json!({ "claims": [{ "quota": with(counter.clone(), fields) }] });
    let units = |units: u32, of: Json| with(quota(of), change(json!({ "units": units })));
    for (name, tries, fields) in [
        ("below-zero", "takes more off a line than it costs", change(json!({ "amount": -1_001 }))),
        ("smallest", "takes off the largest amount there is", change(json!({ "amount": i64::MIN }))),
        (
            "largest",
            "adds the largest amount there is as a fee",
            with(change(json!({ "amount": i64::MAX })), json!({ "class": "fee" })),
        ),
        ("raises", "raises a price as a sale", change(json!({ "amount": 1 }))),
        ("negative-fee", "takes something off as a fee", json!({ "class": "fee" })),
        ("no-line", "names a line that does not exist", change(json!({ "target": { "line": u32::MAX } }))),
        ("order", "takes more off the order than it costs", change(json!({ "target": "order", "amount": -100_000 }))),
        ("delivery", "takes more off delivery than it costs", change(json!({ "target": "delivery", "amount": -491 }))),
        ("change-none", "changes nothing", json!({ "changes": [] })),
        ("class", "names a class of its own", json!({ "class": "gift" })),
        ("class-escape", "names a class that clears a terminal", json!({ "class": "\u{1b}[2J" })),
        ("label-empty", "shows the shopper an empty label", json!({ "label": "" })),
        ("label-blank", "shows the shopper a blank label", json!({ "label": " \u{2003} " })),
        ("label-long", "shows the shopper 5,000 letters", json!({ "label": "x".repeat(5_000) })),
        ("label-lines", "forges a second line", json!({ "label": "Sale\r\nTotal: 0.00" })),
        ("label-direction", "turns the direction of the text around it", json!({ "label": "\u{202e}00.01" })),
        ("points-unpaid", "pays with points and claims none", json!({ "class": "points" })),
        ("points-free", "claims points for a sale", json!({ "claims": [{ "points": 5 }] })),
        ("points-none", "claims no points at all", json!({ "class": "points", "claims": [{ "points": 0 }] })),
        (
            "points-all",
            "claims all the points there are",
            json!({ "class": "points", "claims": [{ "points": u64::MAX }] }),
        ),
        (
            "points-twice",
            "claims points twice",
            json!({ "class": "points", "claims": [{ "points": 1 }, { "points": 1 }] }),
        ),
        ("quota-nothing", "claims no units of a counter", units(0, json!({}))),
        ("quota-over", "claims more than a counter may reach", units(11, json!({}))),
        ("quota-nameless", "claims of a counter without a name", quota(json!({ "name": "" }))),
        ("quota-long", "claims of a counter with a long name", quota(json!({ "name": "x".repeat(129) }))),
        ("quota-escape", "claims of a counter with a control character", quota(json!({ "name": "a\u{0}b" }))),
        (
            "quota-no-variant",
            "counts the variants of the whole order",
            with(quota(json!({ "per-variant": true })), change(json!({ "target": "order" }))),
        ),
        (
            "quota-variants",
            "claims more than the counter of a variant may reach",
            units(11, json!({ "per-variant": true })),
        ),
        ("claims", "makes 65 claims", {
            let one = json!({ "quota": with(counter.clone(), json!({ "limit": 100, "per-shopper": true })) });
            json!({ "claims": vec![one; 65] })
        }),
    ] {
        let ok = json!([with(adjustment.clone(), fields)]);
        answer(class, point, name, tries, Verdict::PartsLeftOut(1), ok);
    }
    answer(class, point, "many", "makes 37 adjustments", INVALID, json!(vec![adjustment.clone(); 37]));
    let wide = with(adjustment.clone(), json!({ "changes": vec![off.clone(); 37] }));
    answer(class, point, "wide", "makes 37 changes in one adjustment", INVALID, json!([wide]));
    let twelve = json!(vec![adjustment.clone(); 12]);
    answer(class, point, "pile", "takes 12 × 1.00 off a line of 10.00", Verdict::PartsLeftOut(2), twelve);
    let half = with(adjustment, units(6, json!({ "name": "n" })));
    answer(
        class,
        point,
        "split",
        "claims too much in two parts",
        Verdict::PartsLeftOut(1),
        json!([half.clone(), half]),
    );
    class.add("cart-pricing truth", "gives a truth value of 2", point, Verdict::Harmless, move |guest| {
        let claim = |bits| {
            Val::Case(
                1,
                Some(Box::new(Val::Fields(vec![
                    Val::Text(b"n".to_vec()),
                    Val::Bits(1),
                    Val::Bits(bits),
                    Val::Bits(bits),
                ]))),
            )
        };
        let text = |text: &str| Val::Text(text.into());
        let change =
            vec![Val::Case(0, Some(Box::new(Val::Bits(0)))), Val::Bits((-100_i64).cast_unsigned()), Val::Bits(1)];
        let made = vec![text("sale"), text("Sale"), Val::List(vec![Val::Fields(change)]), Val::List(vec![claim(2)])];
        guest.answers_with(point.id(), &Val::Case(0, Some(Box::new(Val::List(vec![Val::Fields(made)])))))
    });
}

fn plans(class: &mut Class) {
    let point = Point::CheckoutAutofill;
    let field = json!({
        "field": "shipping.line1", "label": "Street", "value": "Ring 1", "source": "address-book", "confidence": 90,
        "autocomplete": "shipping address-line1", "input-mode": "text", "required": true, "pattern": null,
        "example": null, "choices": [], "hidden": false,
    });
    let plan = |fields: Json| json!({ "fields": fields, "delivery-method": null, "payment-token": null, "show-billing": false });
    for (name, tries, fields) in [
        ("card", "asks for a card number", json!({ "field": "card-number" })),
        ("field-markup", "names a field with markup", json!({ "field": "email\"><script>" })),
        ("confidence", "is 255 % sure", json!({ "confidence": 255 })),
        ("label-empty", "shows an empty label", json!({ "label": "" })),
        ("label-lines", "shows a label of two lines", json!({ "label": "a\nb" })),
        ("value-long", "fills in 100 kB", json!({ "value": "x".repeat(100_000) })),
        ("value-control", "fills in a control character", json!({ "value": "\u{7}" })),
        ("source", "names a source of its own", json!({ "source": "the-dark-web" })),
        ("mode", "names an input mode of its own", json!({ "input-mode": "text\" autofocus onfocus=\"alert(1)" })),
        ("autocomplete", "breaks out of an attribute", json!({ "autocomplete": "name\" onfocus=\"alert(1)" })),
        ("pattern-long", "gives a pattern of 10 kB", json!({ "pattern": "(a+)+".repeat(2_000) })),
        ("example-long", "gives an example of 10 kB", json!({ "example": "x".repeat(10_000) })),
        ("choices", "gives 301 choices", json!({ "choices": vec![json!({ "key": "k", "value": "v" }); 301] })),
        ("choice-long", "gives a choice of 10 kB", json!({ "choices": [{ "key": "x".repeat(10_000), "value": "v" }] })),
    ] {
        let plan = plan(json!([with(field.clone(), fields)]));
        answer(class, point, name, tries, INVALID, plan);
    }
    answer(class, point, "twice", "plans a field twice", INVALID, plan(json!([field, field])));
    answer(class, point, "many", "plans 500 fields", INVALID, plan(json!(vec![field.clone(); 500])));
    let typed = with(field, json!({ "field": "shipping.name" }));
    let stolen =
        json!({ "fields": [typed], "delivery-method": "drone", "payment-token": "stolen", "show-billing": true });
    answer(
        class,
        point,
        "overwrite",
        "overwrites what the shopper typed and selects what is not offered",
        Verdict::PartsLeftOut(3),
        stolen,
    );
}

fn objections(class: &mut Class) {
    let point = Point::CheckoutValidation;
    let error = json!({ "field": "email", "code": "too-late", "message": "It is too late.", "remedy": "Come back." });
    for (name, tries, fields) in [
        ("field", "objects to a field that does not exist", json!({ "field": "pin" })),
        ("code", "gives a code that is no code", json!({ "code": "<b>Too late</b>" })),
        ("message-empty", "objects without a word", json!({ "message": " " })),
        ("message-long", "objects with 100 kB", json!({ "message": "x".repeat(100_000) })),
        ("message-escape", "objects in red", json!({ "message": "\u{1b}[31mNo." })),
        ("remedy-lines", "gives a remedy of two lines", json!({ "remedy": "a\r\nb" })),
    ] {
        answer(class, point, name, tries, INVALID, json!([with(error.clone(), fields)]));
    }
    answer(class, point, "many", "objects 51 times", INVALID, json!(vec![error; 51]));
}

fn blocks(class: &mut Class) {
    let point = Point::StorefrontBlocks;
    let block = |content: Json| json!([{ "slot": "price", "content": content }]);
    let notice = json!({ "tone": "info", "title": "Hello", "text": "There.", "link": null });
    let countdown = json!({ "title": "Sale", "starts-at": 0, "ends-at": 1, "over": "Over", "variant": null });
    let price = json!({ "variant": "v", "now": 900, "was": 1_000, "reduced-since": 0, "remaining": 3 });
    let input =
        json!({ "key": "hostile.a", "label": "A", "kind": "number", "value": "1", "min": 0, "max": 9, "step": 1 });
    let form = |fields: Json| {
        block(json!({ "form": { "title": "F", "text": "T", "inputs": [with(input.clone(), fields)], "submit": "Go" } }))
    };
    let link = |page: &str, id: &str| json!({ "link": { "page": page, "id": id, "label": "Click" } });
    let left_out = [
        (
            "slot",
            "fills a slot that the page has not got",
            json!([{ "slot": "head", "content": { "notice": notice } }]),
        ),
        (
            "tone",
            "takes a tone of its own",
            block(json!({ "notice": with(notice.clone(), json!({ "tone": "x\" onclick=\"" })) })),
        ),
        (
            "title-long",
            "shows a title of 100 kB",
            block(json!({ "notice": with(notice.clone(), json!({ "title": "x".repeat(100_000) })) })),
        ),
        (
            "text-long",
            "shows a text of 100 kB",
            block(json!({ "notice": with(notice.clone(), json!({ "text": "x".repeat(100_000) })) })),
        ),
        (
            "text-escape",
            "shows a control character",
            block(json!({ "notice": with(notice.clone(), json!({ "text": "\u{8}" })) })),
        ),
        (
            "link-away",
            "links to another site",
            block(json!({ "notice": with(notice.clone(), link("https://example.com", "")) })),
        ),
        (
            "link-script",
            "links to a script",
            block(json!({ "notice": with(notice.clone(), link("javascript:alert(1)", "")) })),
        ),
        (
            "link-id",
            "links to a page with an id it has not got",
            block(json!({ "notice": with(notice.clone(), link("cart", "../admin")) })),
        ),
        (
            "countdown-back",
            "counts down to before it began",
            block(json!({ "countdown": with(countdown.clone(), json!({ "starts-at": 2 })) })),
        ),
        (
            "countdown-far",
            "counts down over all of time, backwards",
            block(json!({ "countdown": with(countdown, json!({ "starts-at": i64::MAX, "ends-at": i64::MIN })) })),
        ),
        (
            "price-negative",
            "shows a price below zero",
            block(json!({ "price": with(price.clone(), json!({ "now": -1 })) })),
        ),
        (
            "price-was",
            "shows a price that was lower",
            block(json!({ "price": with(price.clone(), json!({ "was": 1 })) })),
        ),
        ("price-none", "shows that nothing is left", block(json!({ "price": with(price, json!({ "remaining": 0 })) }))),
        (
            "progress",
            "shows progress towards nothing",
            block(json!({ "progress": { "title": "P", "value": u64::MAX, "of": 0, "text": "T" } })),
        ),
        (
            "rows",
            "lists 101 rows",
            block(json!({ "listing": { "title": "L", "rows": vec![json!({ "key": "k", "value": "v" }); 101] } })),
        ),
        ("input-foreign", "writes an attribute of another extension", form(json!({ "key": "loyalty-points.redeem" }))),
        ("input-own", "writes an attribute with no name", form(json!({ "key": "hostile." }))),
        ("input-kind", "shows an input for a file", form(json!({ "kind": "file" }))),
        ("input-step", "takes steps of nothing", form(json!({ "step": 0 }))),
        ("input-range", "has its least above its most", form(json!({ "min": i64::MAX, "max": i64::MIN }))),
        (
            "custom",
            "makes a kind of 100 kB",
            block(json!({ "custom": { "kind": "x".repeat(100_000), "attributes": [] } })),
        ),
    ];
    for (name, tries, ok) in left_out {
        answer(class, point, name, tries, Verdict::PartsLeftOut(1), ok);
    }
    let one = block(json!({ "notice": notice }))[0].clone();
    answer(class, point, "many", "shows 65 blocks", INVALID, json!(vec![one; 65]));
    let markup =
        with(json!({ "tone": "info", "text": "", "link": null }), json!({ "title": "<script>alert(1)</script>" }));
    answer(
        class,
        point,
        "markup",
        "shows markup, which is text to every template",
        Verdict::Harmless,
        block(json!({ "notice": markup })),
    );
}

fn reports(class: &mut Class) {
    let point = Point::Insights;
    let report = json!({ "title": "R", "figures": [], "tables": [], "series": [] });
    let figure = json!({ "label": "Sold", "value": i64::MIN, "unit": "count" });
    let table = |columns: usize, rows: usize, cells: usize| json!({ "tables": [{ "title": "T", "columns": vec!["c"; columns], "rows": vec![vec![""; cells]; rows] }] });
    for (name, tries, fields) in [
        ("title", "has a title of 100 kB", json!({ "title": "x".repeat(100_000) })),
        ("figures", "has 51 figures", json!({ "figures": vec![figure.clone(); 51] })),
        ("unit", "counts in bananas", json!({ "figures": [with(figure.clone(), json!({ "unit": "bananas" }))] })),
        ("label", "labels a figure in red", json!({ "figures": [with(figure, json!({ "label": "\u{1b}[31m" }))] })),
        ("columns", "has 21 columns", table(21, 1, 21)),
        ("rows", "has 1,001 rows", table(1, 1_001, 1)),
        ("ragged", "has rows of another width", table(2, 2, 3)),
        ("tables", "has 11 tables", json!({ "tables": vec![json!({ "title": "T", "columns": [], "rows": [] }); 11] })),
        (
            "points",
            "has a series of 2,001 points",
            json!({ "series": [{ "title": "S", "unit": "money", "points": vec![json!({ "at": 0, "value": 0 }); 2_001] }] }),
        ),
    ] {
        answer(class, point, name, tries, INVALID, with(report.clone(), fields));
    }
    let extremes = json!({ "figures": [{ "label": "Sold", "value": i64::MIN, "unit": "money" }] });
    answer(class, point, "extremes", "reports the smallest amount there is", Verdict::Harmless, with(report, extremes));
}

fn others(class: &mut Class) {
    let point = Point::Schedule;
    answer(class, point, "cursor-same", "asks for the page it has just done, for ever", INVALID, json!("page-1"));
    answer(class, point, "cursor-long", "keeps 100 kB in its cursor", INVALID, json!("x".repeat(100_000)));
    let point = Point::Configuration;
    answer(class, point, "settings-large", "wants 65 kB of settings at every call", INVALID, json!(vec![0; 65_537]));
    let errors = |errors: Json| {
        move |guest: crate::guest::Guest| guest.answers_with(point.id(), &value(point, &json!({ "err": errors })))
    };
    let error = json!({ "pointer": "/a", "message": "Wrong." });
    class.add("configuration silent", "objects to settings without a word", point, INVALID, errors(json!([])));
    class.add(
        "configuration many",
        "objects to settings 51 times",
        point,
        INVALID,
        errors(json!(vec![error.clone(); 51])),
    );
    class.add(
        "configuration escape",
        "objects to settings in red",
        point,
        INVALID,
        errors(json!([with(error, json!({ "message": "\u{1b}[31m" }))])),
    );
    for point in Point::ALL.into_iter().filter(|point| *point != Point::Configuration) {
        let words = format!("\u{1b}[2J\r\nroot: {}", "x".repeat(100_000));
        let tries = format!("fails in `{point}` with 100 kB of words that clear a terminal");
        class.add(format!("{point} fault"), tries, point, Verdict::Skipped(SkipReason::Fault), move |guest| {
            guest.answers_with(point.id(), &value(point, &json!({ "err": { "code": words, "message": words } })))
        });
    }
}
