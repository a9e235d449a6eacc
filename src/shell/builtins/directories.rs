//! bash's stack of directories: `pushd`, `popd`, `dirs`.

use crate::shell::eval::Pinned;
use crate::shell::state::{Flow, Shell};

/// Deeper than this nothing is put on the stack.
const MAX_DEPTH: usize = 1_000;

impl Shell {
    pub(super) fn directory_stack<'a>(&'a mut self, name: &'a str, args: &'a [String]) -> Pinned<'a, Flow> {
        Box::pin(async move {
            let target = match name {
                "dirs" => return self.show_directories().await,
                "popd" if self.directories.is_empty() => {
                    self.complain("directory stack empty").await;
                    return Ok(1);
                }
                "popd" => self.directories.remove(0),
                _ => match args.iter().find(|arg| !arg.starts_with('-')) {
                    Some(dir) => dir.clone(),
                    None if self.directories.is_empty() => {
                        self.complain("no other directory").await;
                        return Ok(1);
                    }
                    // The two on top change places.
                    None => self.directories.remove(0),
                },
            };
            let old = self.cwd.clone();
            let status = self.cd(&[target]).await?;
            if status != 0 {
                return Ok(status);
            }
            if name == "pushd" && self.directories.len() < MAX_DEPTH {
                self.directories.insert(0, old);
            }
            self.show_directories().await
        })
    }

    /// All of them on a line, what lies below the home directory with a tilde.
    async fn show_directories(&mut self) -> Flow {
        let home = self.get("HOME").filter(|home| home.len() > 1).unwrap_or_else(|| "\0".into());
        let short = |path: &String| match path.strip_prefix(&home) {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("~{rest}"),
            _ => path.clone(),
        };
        let all: Vec<String> = std::iter::once(&self.cwd).chain(&self.directories).map(short).collect();
        self.write_fd(1, format!("{}\n", all.join(" ")).as_bytes()).await;
        Ok(0)
    }
}
