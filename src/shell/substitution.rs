//! Process substitution, of bash and of busybox: `<(commands)` and `>(commands)` stand for a pipe with a name, to whose other end the
//! commands are bound. They run beside whoever opens it, and nobody waits for them.

use super::ast::Program;
use super::inode::{Content, Inode};
use super::kernel::Pid;
use super::pipe::{Fd, Object, Pipe, ReadEnd, WriteEnd};
use super::state::{Shell, Stop};
use std::rc::Rc;

/// The pipe of a process substitution, until the command that it is an argument of has ended.
#[derive(Clone)]
pub struct Substitution {
    path: String,
    pipe: Rc<Pipe>,
    pid: Pid,
}

/// The first descriptor that bash takes for it; the next ones are below.
const FIRST: u32 = 63;

impl Shell {
    /// `<(...)`: the path of a pipe into which the commands print.
    pub async fn process_substitution(&mut self, program: &Rc<Program>) -> Result<String, Stop> {
        let pipe = Pipe::new(self.ctx.kernel.version.clone());
        pipe.open_to_write();
        let fd: Fd = Rc::new(Object::Write(WriteEnd::new(&pipe)));
        self.substituted(program, 1, fd, pipe).await
    }

    /// `>(...)`: the path of a pipe from which the commands read.
    pub async fn output_substitution(&mut self, program: &Rc<Program>) -> Result<String, Stop> {
        let pipe = Pipe::new(self.ctx.kernel.version.clone());
        let fd: Fd = Rc::new(Object::Read(ReadEnd::new(&pipe)));
        self.substituted(program, 0, fd, pipe).await
    }

    async fn substituted(
        &mut self,
        program: &Rc<Program>,
        number: u32,
        fd: Fd,
        pipe: Rc<Pipe>,
    ) -> Result<String, Stop> {
        pipe.keep();
        let pid = self.spawn_program(program, number, fd).await?;
        let path = self.substitution_path();
        let kernel = &self.ctx.kernel;
        let inode = Inode::new(Content::Fifo(pipe.clone()), 0o600);
        let _ = kernel.fs.borrow().create("/", &path, inode, kernel.user, kernel.now_millis().0);
        kernel.effect();
        self.substitutions.push(Substitution { path: path.clone(), pipe, pid });
        Ok(path)
    }

    /// A name that no other has at present.
    fn substitution_path(&self) -> String {
        let fs = self.ctx.kernel.fs.borrow();
        let mut paths = (10..=FIRST).rev().chain(FIRST + 1..).map(|number| format!("/dev/fd/{number}"));
        paths.find(|path| fs.find("/", path, false).is_err()).unwrap_or_default()
    }

    /// Closes the substitutions of a command that has ended: those from `first` on.
    pub fn close_substitutions(&mut self, first: usize) {
        if self.substitutions.len() <= first {
            return;
        }
        let kernel = self.ctx.kernel.clone();
        for Substitution { path, pipe, pid } in self.substitutions.drain(first..) {
            let _ = kernel.fs.borrow().unlink("/", &path, false, kernel.user, kernel.now_millis().0);
            pipe.abandon();
            self.strays.push(pid);
        }
        self.strays.retain(|pid| kernel.exists(*pid) && kernel.reap(*pid).is_none());
    }
}
