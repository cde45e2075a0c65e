//! Draws the cost of an error by its size. Both axes are logarithmic.

use std::fmt::Write as _;
use std::fs;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/docs/cost.svg");

const LEFT: f64 = 70.0;
const BOTTOM: f64 = 250.0;
/// Pixels of a power of ten.
const DECADE: (f64, f64) = (90.0, 45.0);
/// The powers of ten of the instructions shown.
const INSTRUCTIONS: (i32, i32) = (3, 8);
const SIZES: i32 = 5;

/// Measures and draws.
pub(crate) fn write(count: impl Fn(&str) -> u64) {
    let sizes = [1, 10, 100, 1_000, 10_000, 60_000];
    let text = sizes.map(|bytes| (bytes, count(&format!("text/{bytes}"))));
    let numbers = [1, 3, 10, 30, 100, 300, 1_000];
    let fields = numbers.map(|parameters| (parameters, count(&format!("fields/{parameters}"))));
    let mut svg = axes();
    line(&mut svg, "#1f5fa8", "bytes of text", &text);
    line(&mut svg, "#b5480b", "parameters", &fields);
    svg.push_str("</svg>\n");
    fs::write(FILE, svg).unwrap();
    for (name, points) in [("bytes of text", &text[..]), ("parameters", &fields)] {
        println!("{name}: {points:?}");
    }
}

fn axes() -> String {
    let mut svg = String::from(concat!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 300" font-family="sans-serif" font-size="12">"##,
        "\n",
        r##"<rect width="660" height="300" fill="#fff"/>"##,
        "\n",
    ));
    for power in 0..=SIZES {
        let x = LEFT + f64::from(power) * DECADE.0;
        let label = 10_u32.pow(power.unsigned_abs());
        writeln!(svg, r##"<path d="M{x} 25V{BOTTOM}" stroke="#ddd"/><text x="{x}" y="268" text-anchor="middle">{label}</text>"##).unwrap();
    }
    for power in INSTRUCTIONS.0..=INSTRUCTIONS.1 {
        let y = height(10_f64.powi(power));
        writeln!(svg, r##"<path d="M{LEFT} {y}H520" stroke="#ddd"/><text x="64" y="{y}" text-anchor="end" dominant-baseline="middle">10^{power}</text>"##).unwrap();
    }
    svg.push_str(r##"<text x="10" y="16">instructions to read an error and write it</text><text x="295" y="288" text-anchor="middle">size</text>"##);
    svg.push('\n');
    svg
}

fn line(svg: &mut String, colour: &str, name: &str, points: &[(u32, u64)]) {
    let points: Vec<_> = points
        .iter()
        .map(|(size, instructions)| {
            let x = LEFT + f64::from(*size).log10() * DECADE.0;
            (x, height(*instructions as f64))
        })
        .collect();
    let all: Vec<_> = points
        .iter()
        .map(|(x, y)| format!("{x:.1},{y:.1}"))
        .collect();
    let (x, y) = points.last().unwrap();
    writeln!(
        svg,
        r##"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/><text x="{:.1}" y="{y:.1}" fill="{colour}">{name}</text>"##,
        all.join(" "),
        x + 6.0,
    )
    .unwrap();
}

fn height(instructions: f64) -> f64 {
    BOTTOM - (instructions.log10() - f64::from(INSTRUCTIONS.0)) * DECADE.1
}
