//! nginx, through which half of the table runs if it is installed.

use std::net::SocketAddr;
use std::path::Path;

use tokio::process::{Child, Command};

use crate::envoy::{free_port, ready};
use crate::BoxError;

/// Starts nginx in `folder`; `None` if there is none on this machine.
pub(crate) async fn start(folder: &Path) -> Result<Option<(Child, SocketAddr)>, BoxError> {
    let address = SocketAddr::from(([127, 0, 0, 1], free_port()?));
    let configuration = folder.join("nginx.conf");
    let text = include_str!("nginx.conf")
        .replace("FOLDER", &folder.to_string_lossy())
        .replace("ADDRESS", &address.to_string());
    std::fs::write(&configuration, text)?;
    for binary in ["nginx", "/usr/sbin/nginx"] {
        let started = Command::new(binary)
            .arg("-c")
            .arg(&configuration)
            .arg("-e")
            .arg(folder.join("nginx.log"))
            .kill_on_drop(true)
            .spawn();
        if let Ok(child) = started {
            ready(address).await?;
            return Ok(Some((child, address)));
        }
    }
    Ok(None)
}
