//! Character references in the texts of pages: `&eacute;`, `&#233;`, `&#xE9;`
//! ([HTML §13.2.5.72](https://html.spec.whatwg.org/multipage/parsing.html#character-reference-state)).
//!
//! In: a text of a page. Out: the text that a browser shows. The reader of pages calls it for titles and headings.
//!
//! It knows the 252 names of [HTML 4](https://www.w3.org/TR/html401/sgml/entities.html), and the names of HTML 5 for ASCII
//! characters. The other 1,870 names of HTML 5 are for formulas. A library with all names adds 190 KiB to a program, and this table
//! adds 4.

use std::borrow::Cow;

/// Bytes of a name at most: `thetasym`.
const MAX_NAME: usize = 8;

/// The text with its references replaced. An unknown reference stays, and so does one without `;`.
pub(in crate::read) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut parts = text.split('&');
    let mut decoded = String::from(parts.next().unwrap_or_default());
    for part in parts {
        let reference = part.split_once(';');
        match reference.and_then(|(name, rest)| Some((character(name)?, rest))) {
            Some((character, rest)) => {
                decoded.push(character);
                decoded.push_str(rest);
            }
            None => {
                decoded.push('&');
                decoded.push_str(part);
            }
        }
    }
    decoded.into()
}

/// The character of a reference. Control characters other than blanks are not references.
fn character(name: &str) -> Option<char> {
    let Some(number) = name.strip_prefix('#') else {
        return named(name);
    };
    let hexadecimal = number.strip_prefix(['x', 'X']);
    let (digits, radix) = hexadecimal.map_or((number, 10), |digits| (digits, 16));
    // `from_str_radix` allows a sign before the digits.
    let number = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let number = number.then(|| u32::from_str_radix(digits, radix).ok())??;
    char::from_u32(number).filter(|character| *character >= ' ' || character.is_ascii_whitespace())
}

fn named(name: &str) -> Option<char> {
    let first = name.bytes().next().filter(|_| name.len() <= MAX_NAME)?;
    let mut names = names(first).split(' ');
    while let (Some(known), Some(character)) = (names.next(), names.next()) {
        if known == name {
            return character.chars().next();
        }
    }
    None
}

/// All names that begin with this letter, each followed by its character.
#[rustfmt::skip]
fn names(first: u8) -> &'static str {
    match first {
        b'A' => "AElig Æ Aacute Á Acirc Â Agrave À Alpha Α Aring Å Atilde Ã Auml Ä",
        b'B' => "Beta Β",
        b'C' => "Ccedil Ç Chi Χ",
        b'D' => "Dagger ‡ Delta Δ",
        b'E' => "ETH Ð Eacute É Ecirc Ê Egrave È Epsilon Ε Eta Η Euml Ë",
        b'G' => "Gamma Γ",
        b'H' => "Hat ^",
        b'I' => "Iacute Í Icirc Î Igrave Ì Iota Ι Iuml Ï",
        b'K' => "Kappa Κ",
        b'L' => "Lambda Λ",
        b'M' => "Mu Μ",
        b'N' => "NewLine \n Ntilde Ñ Nu Ν",
        b'O' => "OElig Œ Oacute Ó Ocirc Ô Ograve Ò Omega Ω Omicron Ο Oslash Ø Otilde Õ Ouml Ö",
        b'P' => "Phi Φ Pi Π Prime ″ Psi Ψ",
        b'R' => "Rho Ρ",
        b'S' => "Scaron Š Sigma Σ",
        b'T' => "THORN Þ Tab \t Tau Τ Theta Θ",
        b'U' => "Uacute Ú Ucirc Û Ugrave Ù Upsilon Υ Uuml Ü",
        b'X' => "Xi Ξ",
        b'Y' => "Yacute Ý Yuml Ÿ",
        b'Z' => "Zeta Ζ",
        b'a' => "aacute á acirc â acute ´ aelig æ agrave à alefsym ℵ alpha α amp & and ∧ ang ∠ apos ' aring å ast * asymp ≈ atilde ã auml ä",
        b'b' => "bdquo „ beta β brvbar ¦ bsol \\ bull •",
        b'c' => "cap ∩ ccedil ç cedil ¸ cent ¢ check ✓ chi χ circ ˆ clubs ♣ colon : comma , commat @ cong ≅ copy © crarr ↵ cross ✗ cup ∪ curren ¤",
        b'd' => "dArr ⇓ dagger † darr ↓ deg ° delta δ diams ♦ divide ÷ dollar $",
        b'e' => "eacute é ecirc ê egrave è empty ∅ emsp \u{2003} ensp \u{2002} epsilon ε equals = equiv ≡ eta η eth ð euml ë euro € excl ! exist ∃",
        b'f' => "fnof ƒ forall ∀ frac12 ½ frac14 ¼ frac34 ¾ frasl ⁄",
        b'g' => "gamma γ ge ≥ grave ` gt >",
        b'h' => "hArr ⇔ harr ↔ hearts ♥ hellip …",
        b'i' => "iacute í icirc î iexcl ¡ igrave ì image ℑ infin ∞ int ∫ iota ι iquest ¿ isin ∈ iuml ï",
        b'k' => "kappa κ",
        b'l' => "lArr ⇐ lambda λ lang ⟨ laquo « larr ← lbrace { lbrack [ lceil ⌈ lcub { ldquo “ le ≤ lfloor ⌊ lowast ∗ lowbar _ loz ◊ lpar ( lrm \u{200e} lsaquo ‹ lsqb [ lsquo ‘ lt <",
        b'm' => "macr ¯ mdash — micro µ middot · minus − mu μ",
        b'n' => "nabla ∇ nbsp \u{a0} ndash – ne ≠ ni ∋ not ¬ notin ∉ nsub ⊄ ntilde ñ nu ν num #",
        b'o' => "oacute ó ocirc ô oelig œ ograve ò oline ‾ omega ω omicron ο oplus ⊕ or ∨ ordf ª ordm º oslash ø otilde õ otimes ⊗ ouml ö",
        b'p' => "para ¶ part ∂ percnt % period . permil ‰ perp ⊥ phi φ pi π piv ϖ plus + plusmn ± pound £ prime ′ prod ∏ prop ∝ psi ψ",
        b'q' => "quest ? quot \"",
        b'r' => "rArr ⇒ radic √ rang ⟩ raquo » rarr → rbrace } rbrack ] rceil ⌉ rcub } rdquo ” real ℜ reg ® rfloor ⌋ rho ρ rlm \u{200f} rpar ) rsaquo › rsqb ] rsquo ’",
        b's' => "sbquo ‚ scaron š sdot ⋅ sect § semi ; shy \u{ad} sigma σ sigmaf ς sim ∼ sol / spades ♠ sub ⊂ sube ⊆ sum ∑ sup ⊃ sup1 ¹ sup2 ² sup3 ³ supe ⊇ szlig ß",
        b't' => "tau τ there4 ∴ theta θ thetasym ϑ thinsp \u{2009} thorn þ tilde ˜ times × trade ™",
        b'u' => "uArr ⇑ uacute ú uarr ↑ ucirc û ugrave ù uml ¨ upsih ϒ upsilon υ uuml ü",
        b'v' => "verbar | vert |",
        b'w' => "weierp ℘",
        b'x' => "xi ξ",
        b'y' => "yacute ý yen ¥ yuml ÿ",
        b'z' => "zeta ζ zwj \u{200d} zwnj \u{200c}",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_is_what_a_library_with_all_of_them_says() {
        let letters = (b'A'..=b'Z').chain(b'a'..=b'z');
        let names: Vec<_> = letters
            .flat_map(|first| names(first).split(' ').step_by(2))
            .filter(|name| !name.is_empty())
            .collect();
        assert_eq!(names.len(), 287);
        for name in names {
            let text = format!("1 &{name}; 2");
            assert!(name.len() <= MAX_NAME, "{name}");
            assert_eq!(decoded(&text), html_escape::decode_html_entities(&text));
        }
    }

    #[test]
    fn numbers_and_broken_references_are_read_as_the_library_does() {
        for text in [
            "&#233;&#xE9;&#Xe9; &#8211; &#128512;",
            "&#9;&#0;&#31;&#127;&#xD800;&#x110000;&#99999999999;",
            "&#+65;&#-65;&#;&#x;&#xg;&;&",
            "a & b; c &amp d &amp;amp; &nosuch; &EACUTE; &eacute",
            "&&amp;&lt&gt;",
            "",
        ] {
            assert_eq!(
                decoded(text),
                html_escape::decode_html_entities(text),
                "{text}"
            );
        }
    }
}
