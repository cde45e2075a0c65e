//! A client of Copr's API v3 with the output of the documentation.
//!
//! ```sh
//! cargo run --example copr_server --features axum
//! cargo run --example copr_client -- cancel 123             # Build 123 is canceled
//! cargo run --example copr_client -- cancel 123             # Cannot cancel build 123
//! cargo run --example copr_client -- --debug cancel 123     # … and the stored response
//! ```

mod client;

use std::process::ExitCode;

use client::{Client, Result};
use tower_error_envelope::{ApiError, OptionalResult};

const USAGE: &str = "usage: copr_client [--debug] [--url URL] [--login LOGIN:TOKEN] COMMAND
commands:
    get ID                      the state of a build
    cancel ID                   cancel a build
    builds OWNER PROJECT        the builds of a project
    add OWNER NAME [CHROOT …]   add a project";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(options) = Options::parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let (login, token) = options
        .login
        .split_once(':')
        .unwrap_or((&options.login, ""));
    let client = Client::new(&options.url, login, token);
    match run(&client, &options.command).await {
        Ok(said) => println!("{said}"),
        Err(error) => {
            println!("{error}");
            if let Some(error) = error.api().filter(|_| options.debug) {
                print_response(error);
            }
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

async fn run(client: &Client, command: &Command) -> Result<String> {
    Ok(match command {
        Command::Get(id) => match client.builds().get(*id).await.optional()? {
            Some(build) => format!("Build {} is {}", build.id, build.state),
            None => format!("There is no build {id}"),
        },
        Command::Cancel(id) => {
            let build = client.builds().cancel(*id).await?;
            format!("Build {} is {}", build.id, build.state)
        }
        Command::Builds(owner, project) => {
            let builds = client.builds().list(owner, project).await?;
            format!("{} builds", builds.len())
        }
        Command::Add(owner, name, chroots) => {
            let project = client.projects().add(owner, name, chroots).await?;
            format!("Project {} is there", project.full_name)
        }
    })
}

/// The parts of the response that the error keeps.
fn print_response(error: &ApiError) {
    println!("{}", error.status());
    for (name, value) in error.headers() {
        println!("{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
}

struct Options {
    debug: bool,
    url: String,
    login: String,
    command: Command,
}

enum Command {
    Get(u32),
    Cancel(u32),
    Builds(String, String),
    Add(String, String, Vec<String>),
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        let (mut debug, mut url) = (false, "http://127.0.0.1:3000".to_owned());
        let mut login = "login:token".to_owned();
        loop {
            match arguments.next()?.as_str() {
                "--debug" => debug = true,
                "--url" => url = arguments.next()?,
                "--login" => login = arguments.next()?,
                command => {
                    let command = Command::parse(command, arguments)?;
                    return Some(Self {
                        debug,
                        url,
                        login,
                        command,
                    });
                }
            }
        }
    }
}

impl Command {
    fn parse(name: &str, mut arguments: impl Iterator<Item = String>) -> Option<Self> {
        match name {
            "get" => Some(Self::Get(arguments.next()?.parse().ok()?)),
            "cancel" => Some(Self::Cancel(arguments.next()?.parse().ok()?)),
            "builds" => Some(Self::Builds(arguments.next()?, arguments.next()?)),
            "add" => Some(Self::Add(
                arguments.next()?,
                arguments.next()?,
                arguments.collect(),
            )),
            _ => None,
        }
    }
}
