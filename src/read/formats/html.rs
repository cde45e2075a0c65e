//! Pages. The message is the title, else the first heading, else the first preformatted text. Words that only announce the status
//! are left out.
//!
//! ```html
//! <html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>
//! ```

use http::StatusCode;

use crate::envelope::Envelope;
use crate::read::any_json;
use crate::read::document::entities;
use crate::read::document::html::{closed, element, has_script, is_page, shows_text, without_tags};
use crate::read::reader::{Format, ReadEnvelope};
use crate::read::signs::Signs;
use crate::read::source::Source;

/// Words that only announce the status.
const ANNOUNCEMENTS: [&str; 5] = ["error", "http", "status", "code", "response"];

pub(super) const FORMAT: Format = Format {
    name: "html",
    signs: Signs::ANY,
    read,
};

fn read(source: &Source<'_>) -> Option<ReadEnvelope> {
    if !is_page(source.text) {
        return None;
    }
    let title = element(source.text, "title");
    if is_shell(source.text, title, source.text.as_bytes()) {
        return Some(source.envelope().into());
    }
    let message_of = |name| message(source, element(source.text, name)?);
    let message = match title.and_then(|title| message(source, title)) {
        // A heading says more than a title that is only the phrase of the status.
        Some(title) if any_json::is_phrase(&title, source.status) => {
            message_of("h1").or(Some(title))
        }
        Some(title) => Some(title),
        None => message_of("h1").or_else(|| message_of("pre")),
    };
    Some(source.envelope_of(message.as_deref(), None).into())
}

/// The same as [`read`], for the beginning of the long text `page`. `None` if the text is not a page, or if the rest of it can
/// change the result.
pub(super) fn read_head(source: &Source<'_>, page: &[u8]) -> Option<Envelope> {
    if !is_page(source.text) {
        return None;
    }
    let title = closed(source.text, "title")?;
    if is_shell(source.text, Some(title), page) {
        return None;
    }
    let title = message(source, title);
    let message = match title {
        Some(title) if !any_json::is_phrase(&title, source.status) => title,
        title => message(source, closed(source.text, "h1")?).or(title)?,
    };
    Some(source.envelope_of(Some(&message), None))
}

/// Whether a page is empty until its scripts run. An application in the browser is such a page, and its server sends it for every
/// address. Its title is the name of a product, not a message.
///
/// `head` is the page or its beginning.
fn is_shell(head: &str, title: Option<&str>, page: &[u8]) -> bool {
    page.len() <= MAX_SHELL && !shows_text(head, title) && has_script(page)
}

/// Bytes of such a page at most. Longer pages have texts.
const MAX_SHELL: usize = 16 * 1024;

/// Whether a text is the title of a page that asks for a password, such as `Sign in · GitLab` or `Login`. Servers send browsers
/// such a page instead of an error.
pub(in crate::read) fn is_sign_in(text: &str) -> bool {
    let mut words = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut next = || words.next().unwrap_or_default().to_ascii_lowercase();
    match &*next() {
        "login" | "signin" => text.len() <= MAX_SIGN_IN,
        "log" | "sign" => next() == "in" && text.len() <= MAX_SIGN_IN && !text.ends_with('.'),
        _ => false,
    }
}

/// Bytes of the title of such a page at most.
const MAX_SIGN_IN: usize = 40;

/// The text of an element without tags, the number of the status and its announcements. `None` if nothing is left.
fn message(source: &Source<'_>, content: &str) -> Option<String> {
    let text = without_tags(content);
    let text = entities::decoded(&text);
    let words: Vec<_> = text.split_whitespace().collect();
    let words = without_number(part_about(&words, source.status), source.status);
    let has_more = words.iter().any(|word| !announces(word));
    let text = has_more.then(|| words.join(" "))?;
    let text = without_announcement(&text, source.status);
    (!text.is_empty()).then(|| text.to_owned())
}

/// The part with the number of the status in "shop.example | 521: Web server is down". All words if this part says nothing more.
fn part_about<'a, 'w>(words: &'a [&'w str], status: StatusCode) -> &'a [&'w str] {
    let is_number = |word: &&str| bare(word) == status.as_str();
    let is_bar = |word: &&str| ["|", "–", "—", "·", "-"].contains(word);
    let about = words.split(is_bar).find(|part| part.iter().any(is_number));
    let has_more = |part: &&[&str]| part.iter().any(|word| !is_number(word) && !announces(word));
    about.filter(has_more).unwrap_or(words)
}

/// The words without the number of the status, if it is at their start or at their end.
fn without_number<'a, 'w>(words: &'a [&'w str], status: StatusCode) -> &'a [&'w str] {
    let numbered = words.iter().position(|word| bare(word) == status.as_str());
    let rest = numbered.and_then(|position| {
        let (before, after) = (words.get(..position)?, words.get(position + 1..)?);
        if before.iter().all(|word| announces(word)) {
            // "Error 404 – Not Found", "404: Not Found"
            Some(after)
        } else {
            // "Not Found (404)"
            after.is_empty().then_some(before)
        }
    });
    let mut rest = rest.unwrap_or(words);
    while let [dash, words @ ..] = rest {
        if dash.contains(char::is_alphanumeric) {
            break;
        }
        rest = words;
    }
    rest
}

/// The text without a word before it that announces it, and without punctuation around it.
fn without_announcement(text: &str, status: StatusCode) -> &str {
    let text = text.trim_end_matches([' ', '-', '–', '|', ':']);
    // "ERROR: The requested URL could not be retrieved"
    let announced = text.split_once(": ");
    let announced = announced.filter(|(word, rest)| announces(word) && rest.contains(' '));
    let text = announced.map_or(text, |(_, rest)| rest);
    // "Error 404 (Not Found)!!1"
    let inside = text.strip_prefix('(').and_then(|text| text.split_once(')'));
    let phrase = inside.filter(|(inside, _)| any_json::is_phrase(inside, status));
    phrase.map_or(text, |(phrase, _)| phrase)
}

fn announces(word: &str) -> bool {
    let word = bare(word);
    ANNOUNCEMENTS
        .iter()
        .any(|known| known.eq_ignore_ascii_case(word))
}

/// A word without the punctuation around it.
fn bare(word: &str) -> &str {
    match word.as_bytes() {
        [first, .., last] if first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() => word,
        _ => word.trim_matches(|c: char| !c.is_alphanumeric()),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::Response;

    use super::*;

    /// The result for the beginning of a page, and the result for the whole page.
    fn read_both(page: &str) -> (String, String) {
        let mut response = Response::new(Bytes::from(page.to_owned()));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        let body = page.into();
        let all = read(&Source::new(&response, &body)).unwrap().envelope;
        let some = crate::read::read(&response);
        (some.message().to_owned(), all.message().to_owned())
    }

    #[test]
    fn a_long_page_is_read_as_if_all_of_it_were() {
        let titles = [
            "Back at noon",
            "502 Bad Gateway",
            "",
            "a</titles>b",
            "grün <b>x</b>",
        ];
        for (title, before) in titles
            .iter()
            .flat_map(|title| (0..1100).map(move |n| (title, n)))
        {
            let (blank, rest) = (" ".repeat(before), "<p>text</p>".repeat(200));
            for heading in ["", "<h1>Sooner</h1>", "<h1></h1>", "<pre>Sooner</pre>"] {
                let page =
                    format!("<html>{blank}<title>{title}</title>{heading}{rest}<h1>Later</h1>");
                let (some, all) = read_both(&page);
                assert_eq!(some, all, "{title} and {heading} after {before}");
            }
        }
    }

    #[test]
    fn a_long_page_that_is_not_utf_8_at_its_end_keeps_its_title() {
        let mut page = b"<html><title>Back at noon</title>".to_vec();
        page.resize(4096, b' ');
        page.push(0xff);
        let mut response = Response::new(Bytes::from(page));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        assert_eq!(crate::read::read(&response).message(), "Back at noon");
    }

    #[test]
    fn titles_lose_the_number_of_the_status_and_its_announcements() {
        let cases = [
            (404, "404: No such printer", Some("No such printer")),
            (404, "Error 404 – No such printer", Some("No such printer")),
            (404, "No such printer (404)", Some("No such printer")),
            (
                521,
                "shop.example | 521: Web server is down",
                Some("Web server is down"),
            ),
            (
                521,
                "521: Web server is down | shop.example",
                Some("Web server is down"),
            ),
            (
                404,
                "404 - File or directory not found.",
                Some("File or directory not found."),
            ),
            (404, "Shop - Oh no", Some("Shop - Oh no")),
            (404, "Error 404 (Not Found)!!1", Some("Not Found")),
            (404, "404", None),
            (500, "Error", None),
        ];
        for (status, title, want) in cases {
            let page = format!("<html><head><TITLE\n>{title}</TITLE>");
            let response = Response::builder().status(status).body(Bytes::from(page));
            let envelope = crate::read::read(&response.unwrap());
            assert_eq!(envelope.sent_message(), want, "{title}");
        }
    }

    #[test]
    fn the_title_of_an_application_is_no_message() {
        let shells = [
            r#"<!DOCTYPE html><html><head><title>React App</title><script src="/main.js"></script></head><body><noscript>You need to enable JavaScript to run this app.</noscript><div id="root"></div></body></html>"#,
            r#"<html><head><title>Vite + Vue</title></head><body><div id=app>Loading...</div><!-- built --><script type="module" src="/src/main.ts"></script></body></html>"#,
            r#"<!doctype html><html><title>Pumps</title><head></head><body class="dark"><pump-root></pump-root><style>p{}</style><SCRIPT>run("<p>a text</p>")</SCRIPT></body></html>"#,
        ];
        for shell in shells {
            let long = shell.replace("<body", &format!("<!--{}--><body", "x".repeat(2000)));
            for shell in [shell, &long] {
                let want = ("Bad Gateway".to_owned(), "Bad Gateway".to_owned());
                assert_eq!(read_both(shell), want, "{shell}");
            }
        }
    }

    #[test]
    fn the_title_of_a_page_with_texts_is_the_message() {
        let pages = [
            "<html><head><title>The pump is dry</title><script>count()</script></head><body><p>Come back later</p></body></html>",
            "<html><head><title>The pump is dry</title></head><body></body></html>",
            "<title>The pump is dry</title><script>count()</script><body><div id=root><h1>Dry</h1></div></body>",
            "<html><head><title>The pump is dry</title></head><body><noscript>Scripts, please</noscript>Dry<script></script>",
        ];
        for page in pages {
            assert_eq!(read_both(page).1, "The pump is dry", "{page}");
        }
    }
}
