//! Files as shops have them, and as they should not.

use proptest::prelude::*;

use super::*;
use crate::catalogue::{Picture, ProductDetails, Status, Variant, VariantDetails};

const OLD: &str = "\
Handle,Title,Body (HTML),Vendor,Product Category,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant SKU,Variant Grams,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,Variant Compare At Price,Variant Requires Shipping,Variant Taxable,Variant Barcode,Image Src,Image Position,Image Alt Text,Variant Image,Cost per item,Status
tee,Plain tee,<p>Soft.</p>,Acme,Apparel > Shirts,,\"new, soft\",TRUE,Size,S,Colour,Blue,T-1,180,shopify,4,deny,19.90,25.00,TRUE,TRUE,123,https://cdn.example/b.png,2,Back,https://cdn.example/blue.png,7.50,active
tee,,,,,,,,,L,,Blue,T-2,180.0,shopify,,continue,21.90,,TRUE,TRUE,,https://cdn.example/a.png,1,Front,,,
tee,,,,,,,,,,,,,,,,,,,,,,https://cdn.example/c.png,3,Detail,,,
card,Gift card,,,,Vouchers,,FALSE,Title,Default Title,,,,,,,,50,,false,false,,,,,,,
";

const NEW: &str = "\
Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,Option1 name,Option1 value,Option2 name,Option2 value,Price,Compare-at price,Cost per item,Charge tax,Inventory tracker,Inventory quantity,Continue selling when out of stock,Weight value (grams),Requires shipping,Product image URL,Image position,Image alt text,Variant image URL
Plain tee,tee,<p>Soft.</p>,Acme,Apparel > Shirts,,\"new, soft\",TRUE,active,T-1,123,Size,S,Colour,Blue,19.90,25.00,7.50,TRUE,shopify,4,deny,180,TRUE,https://cdn.example/b.png,2,Back,https://cdn.example/blue.png
,tee,,,,,,,,T-2,,,L,,Blue,21.90,,,TRUE,shopify,,continue,180,TRUE,https://cdn.example/a.png,1,Front,
,tee,,,,,,,,,,,,,,,,,,,,,,,https://cdn.example/c.png,3,Detail,
Gift card,card,,,,Vouchers,,FALSE,,,,Title,Default Title,,,50,,,false,,,,,false,,,,
";

fn wrong(file: impl AsRef<[u8]>) -> Vec<(u64, String, String)> {
    let error = read(file.as_ref(), "EUR").unwrap_err();
    error.problems.into_iter().map(|problem| (problem.line, problem.column, problem.reason)).collect()
}

#[test]
fn old_and_new_headers_say_the_same() {
    let old = read(OLD.as_bytes(), "EUR").unwrap();
    let new = read(NEW.as_bytes(), "EUR").unwrap();
    assert_eq!((&old.products, &old.categories), (&new.products, &new.categories));
}

#[test]
fn a_product_with_several_options_and_image_only_rows_is_read_whole() {
    let import = read(OLD.as_bytes(), "EUR").unwrap();
    let tee = &import.products[0];
    let picture =
        |name: &str, alt: &str| Picture { source: format!("https://cdn.example/{name}.png"), alt: alt.into() };
    let expected = ProductDetails {
        handle: "tee".into(),
        title: "Plain tee".into(),
        description: "Soft.".into(),
        brand: "Acme".into(),
        status: Status::Active,
        category: Some("apparel-shirts".into()),
        tags: vec!["new".into(), "soft".into()],
        options: vec!["Size".into(), "Colour".into()],
        pictures: vec![
            picture("a", "Front"),
            picture("b", "Back"),
            picture("c", "Detail"),
            picture("blue", "S / Blue"),
        ],
        ..ProductDetails::default()
    };
    assert_eq!(tee.details, expected);
    let small = VariantDetails {
        options: vec!["S".into(), "Blue".into()],
        sku: "T-1".into(),
        barcode: "123".into(),
        price: 1_990,
        cost: Some(750),
        stock: Some(4),
        weight_grams: 180,
        picture: Some(3),
        ..VariantDetails::default()
    };
    let large = VariantDetails {
        options: vec!["L".into(), "Blue".into()],
        sku: "T-2".into(),
        barcode: String::new(),
        price: 2_190,
        cost: None,
        stock: Some(0),
        backorder: true,
        picture: None,
        ..small.clone()
    };
    assert_eq!(tee.variants, [small, large]);
}

#[test]
fn a_product_of_one_variant_has_no_options() {
    let import = read(OLD.as_bytes(), "EUR").unwrap();
    let card = &import.products[1];
    assert_eq!((card.details.options.len(), card.variants.len()), (0, 1));
    assert_eq!((card.details.status, card.details.tax_basis_points), (Status::Draft, Some(0)));
    assert_eq!((card.variants[0].price, card.variants[0].stock, card.variants[0].needs_delivery), (5_000, None, false));
}

#[test]
fn categories_are_made_from_the_path_or_the_type() {
    let import = read(OLD.as_bytes(), "EUR").unwrap();
    let made: Vec<_> = import.categories.iter().map(|one| (one.id.as_str(), one.parent.as_deref())).collect();
    assert_eq!(made, [("apparel", None), ("apparel-shirts", Some("apparel")), ("vouchers", None)]);
}

#[test]
fn every_bad_row_is_named_by_line_and_reason() {
    let file = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Position,Image Src
mug,Mug,Size,S,9.90,,
mug,,,L,nine,,
,No handle,,,1,,
tee,,Size,S,5.00,,
cup,Cup,,,5.001,,
pot,Pot,,,-4,,
pan,Pan,,,1,first,https://cdn.example/a.png
jug,Jug,,,1,,ftp://cdn.example/a.png
lid,Lid,,,,,
jar,Jar,Size,,1,,
bin,Bin,,,1,,
bin,,,,,,
";
    let found = wrong(file);
    let named: Vec<(u64, &str)> = found.iter().map(|(line, column, _)| (*line, column.as_str())).collect();
    let expected = [
        (3, "Variant Price"),
        (4, "Handle"),
        (5, "Title"),
        (6, "Variant Price"),
        (7, "Variant Price"),
        (8, "Image Position"),
        (9, "Image Src"),
        (10, "Variant Price"),
        (11, "Option1 Value"),
        (13, ""),
    ];
    assert_eq!(named, expected);
    assert!(found[0].2.contains("\"nine\" is no amount of money"), "{}", found[0].2);
    assert!(found[7].2.contains("has no price"), "{}", found[7].2);
}

#[test]
fn two_variants_of_the_same_options_are_refused_on_the_second_line() {
    let found = wrong("Handle,Title,Option1 Name,Option1 Value,Price\nmug,Mug,Size,S,1\nmug,,,S,1\n");
    assert_eq!((found[0].0, found[0].1.as_str()), (3, "Option1 Value"));
}

#[test]
fn lines_are_counted_through_quoted_line_breaks() {
    let found = wrong("Handle,Title,Body (HTML),Price\r\nmug,Mug,\"one\r\ntwo\r\nthree\",1\r\n\r\ncup,Cup,,x\r\n");
    assert_eq!((found[0].0, found[0].1.as_str()), (6, "Price"));
}

#[test]
fn invalid_utf8_is_named_by_line() {
    let found = wrong(b"Handle,Title,Price\nmug,Mug,1\ncup,T\xFFsse,1\n");
    assert_eq!(found[0].0, 3);
    assert!(found[0].2.contains("cell 2 is not UTF-8"), "{}", found[0].2);
    assert!(wrong(b"\xFF\xFEH\x00")[0].2.contains("UTF-16"));
}

#[test]
fn a_formula_is_refused_and_a_guarded_one_is_text() {
    let found = wrong("Handle,Title,Price\nmug,\"=HYPERLINK(\"\"https://evil.example\"\")\",1\n");
    assert_eq!((found[0].0, found[0].1.as_str()), (2, "Title"));
    let import = read(b"Handle,Title,Price\nmug,'=1+1,1\ntee,-20 % tee,1\n", "EUR").unwrap();
    assert_eq!(import.products[0].details.title, "=1+1");
    assert_eq!(import.products[1].details.title, "-20 % tee");
}

#[test]
fn spreadsheets_may_write_semicolons_and_a_byte_order_mark() {
    let import = read("\u{feff}Handle;Title;Price\nmug;Mug, blue;9.90\n".as_bytes(), "EUR").unwrap();
    assert_eq!(import.products[0].details.title, "Mug, blue");
}

#[test]
fn a_file_that_is_no_product_csv_is_refused_with_what_is_missing() {
    assert!(wrong("")[0].2.contains("empty"));
    assert!(wrong("\n \n,,\n")[0].2.contains("empty"));
    assert!(wrong("Handle,Title,Price\n")[0].2.contains("no products"));
    let missing = wrong("Name,Cost\nx,1\n");
    assert!(missing.iter().any(|(_, _, reason)| reason.contains("\"url handle\" or \"handle\"")), "{missing:?}");
    assert!(wrong("Handle,URL handle,Title,Price\na,a,A,1\n")[0].2.contains("says the same"));
    assert!(wrong("Handle,Title,Price\nmug,Mug,1,2\n")[0].2.contains("4 cells and the header 3"));
}

#[test]
fn a_file_is_bounded() {
    assert!(wrong(vec![b'a'; MOST_BYTES + 1])[0].2.contains("8 MiB"));
    let open = format!("Handle,Title,Price\nmug,\"Mug,1\n{}", "cup,Cup,1\n".repeat(20_000));
    assert!(wrong(open)[0].2.contains("quote that is not closed"));
    let many = format!("Handle,Title,Price\n{}", "a,,\n".repeat(50_010));
    assert!(wrong(many).len() <= MOST_PROBLEMS);
}

#[test]
fn an_error_reads_as_a_list_and_says_how_many_there_are() {
    let rows: String = (0..60).map(|number| format!("h{number},T,x\n")).collect();
    let error = read(format!("Handle,Title,Price\n{rows}").as_bytes(), "EUR").unwrap_err();
    assert_eq!((error.problems.len(), error.total), (50, 60));
    let text = error.to_string();
    assert!(text.starts_with("nothing was imported"));
    assert!(text.contains("\nline 2, column Price: \"x\" is no amount of money"));
    assert!(text.ends_with("and 10 more"));
}

#[test]
fn what_a_file_has_no_column_for_stays() {
    let import = read(b"Handle,Title,Option1 Name,Option1 Value,Price\nmug,New mug,Size,S,2.00\n", "EUR").unwrap();
    let existing = Product {
        id: "p".into(),
        categories: vec!["mugs".into()],
        offered_since: 0,
        lowest_price: 100,
        details: ProductDetails {
            description: "Old words.".into(),
            status: Status::Archived,
            category: Some("mugs".into()),
            perishable: true,
            ..import.products[0].details.clone()
        },
        variants: vec![Variant {
            id: "v".into(),
            product: "p".into(),
            details: VariantDetails { stock: Some(7), cost: Some(50), ..import.products[0].variants[0].clone() },
        }],
    };
    let merged = import.over(&import.products[0], &existing);
    assert_eq!((merged.details.title.as_str(), merged.variants[0].price), ("New mug", 200));
    assert_eq!((merged.details.description.as_str(), merged.details.status), ("Old words.", Status::Archived));
    assert_eq!((merged.details.category.as_deref(), merged.details.perishable), (Some("mugs"), true));
    assert_eq!((merged.variants[0].stock, merged.variants[0].cost), (Some(7), Some(50)));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(file in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&file, "EUR");
    }

    #[test]
    fn no_cells_make_it_panic(cells in prop::collection::vec("[a-z0-9=+\"',\\n <>é.-]{0,8}", 12)) {
        let rows: Vec<String> = cells.chunks(4).map(|row| row.join(",")).collect();
        let _ = read(format!("Handle,Title,Price,Option1 Value\n{}", rows.join("\n")).as_bytes(), "EUR");
    }
}
