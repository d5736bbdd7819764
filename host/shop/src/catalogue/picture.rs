//! Drawings for products without photographs, as SVG of the shop's own making.
//!
//! A source such as `drawing:mug/sea` names a shape and a colour. Nothing from outside goes into the drawing.

mod shapes;

use shapes::SHAPES;

/// What a source of a drawing starts with.
const PREFIX: &str = "drawing:";

/// A colour in three tones and the ground it stands on.
struct Colour {
    name: &'static str,
    main: &'static str,
    dark: &'static str,
    light: &'static str,
    ground: &'static str,
}

const COLOURS: [Colour; 10] = [
    colour("sand", "#d8b98a", "#a5834f", "#efdfc4", "#f7f1e6"),
    colour("clay", "#c96f4a", "#8f4527", "#eab79f", "#f9ece5"),
    colour("moss", "#6f8f5a", "#46613a", "#b9cda9", "#edf2e8"),
    colour("sea", "#3f8a99", "#235663", "#a5d0d8", "#e6f2f4"),
    colour("plum", "#8a5a83", "#5b3557", "#cfb0ca", "#f3eaf1"),
    colour("sun", "#e3ad3a", "#a5761a", "#f5dc9d", "#fcf4e0"),
    colour("ink", "#3d4658", "#1f2634", "#96a1b5", "#e9ecf1"),
    colour("rose", "#d77f8d", "#9c4656", "#f2c3cb", "#fbedef"),
    colour("snow", "#e9e6df", "#b3aea2", "#ffffff", "#efedf2"),
    colour("cocoa", "#7a5140", "#4a2e22", "#c3a293", "#f3ebe7"),
];

const fn colour(
    name: &'static str,
    main: &'static str,
    dark: &'static str,
    light: &'static str,
    ground: &'static str,
) -> Colour {
    Colour { name, main, dark, light, ground }
}

/// The drawing that a source names; none for any other source.
#[must_use]
pub fn draw(source: &str) -> Option<String> {
    let (shape, colour) = source.strip_prefix(PREFIX)?.split_once('/')?;
    let (_, shape) = SHAPES.iter().find(|(name, _)| *name == shape)?;
    let colour = COLOURS.iter().find(|known| known.name == colour)?;
    let shape = shape.replace("$m", colour.main).replace("$d", colour.dark).replace("$l", colour.light);
    Some(format!(
        concat!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" width="400" height="400">"#,
            r#"<rect width="400" height="400" fill="{ground}"/>"#,
            r#"<ellipse cx="200" cy="322" rx="128" ry="14" fill="{dark}" opacity=".16"/>{shape}</svg>"#
        ),
        ground = colour.ground,
        dark = colour.dark,
        shape = shape,
    ))
}

/// Every source that can be drawn.
pub fn sources() -> impl Iterator<Item = String> {
    let pairs = SHAPES.iter().flat_map(|(shape, _)| COLOURS.iter().map(move |colour| (shape, colour.name)));
    pairs.map(|(shape, colour)| format!("{PREFIX}{shape}/{colour}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_is_whole_and_runs_nothing() {
        for source in sources() {
            let drawing = draw(&source).unwrap();
            assert!(drawing.starts_with("<svg ") && drawing.ends_with("</svg>"), "{source}");
            assert!(!drawing.contains('$') && !drawing.contains("script") && !drawing.contains("href"), "{source}");
            assert!(drawing.len() < 4_096, "{source} has {} bytes", drawing.len());
            let opened = drawing.matches('<').count() - drawing.matches("</").count();
            let closed = drawing.matches("/>").count() + drawing.matches("</").count();
            assert_eq!(opened, closed, "{source}");
        }
    }

    #[test]
    fn what_is_no_drawing_is_not_drawn() {
        for source in ["drawing:mug", "drawing:nothing/sea", "drawing:mug/<b>", "https://cdn.example/a.png", ""] {
            assert_eq!(draw(source), None, "{source}");
        }
    }
}
