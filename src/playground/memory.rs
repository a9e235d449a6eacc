//! What the last document led to, for the one after it.
//!
//! An edit mostly changes little: a comment, the other text, one container. What it left as it was is taken from here, and is the same object: whoever
//! shows it can tell by that. Nobody could tell by anything else, since all that is remembered is the result of a pure function of what it is compared by.

use std::borrow::Cow;
use std::rc::Rc;

use k8s_openapi::api::core::v1::Pod;

use super::scripts;
use crate::diagnostic::Diagnostic;
use crate::engine::{self, Input};
use crate::manifest::{self, Completed, Manifest};
use crate::scenario::Scenario;
use crate::time::Millis;
use crate::trace::Trace;

/// The last text that was read, and the last Pod that was run.
#[derive(Debug, Default)]
pub struct Memory {
    reading: Reading,
    ran: Option<Ran>,
}

/// What a scenario says of how a text is to be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Setting {
    /// Which Pod is run, of several.
    pub pod: Option<String>,
    /// What a Pod might need and the cluster does not have, by kind and name. All else it has.
    pub missing: Vec<(String, String)>,
}

/// What a text says of its Pod.
#[derive(Debug, Default)]
pub(super) struct Reading {
    text: Option<String>,
    setting: Setting,
    /// All but the Pod.
    pub manifest: Manifest,
    pub pod: Option<Rc<Pod>>,
    pub completed: Option<Completed>,
    /// What there is to say of the scripts in the Pod, at places of what was read.
    pub scripts: Vec<Diagnostic>,
}

#[derive(Debug)]
struct Ran {
    pod: Rc<Pod>,
    world: Scenario,
    until: Option<Millis>,
    trace: Rc<Trace>,
}

impl Memory {
    /// Reads a text. A Pod that is equal to that of the text before is the same.
    pub(super) fn read(&mut self, text: &str, setting: Setting) -> &Reading {
        if self.reading.text.as_deref() != Some(text) || self.reading.setting != setting {
            self.reading = Reading::of(text, setting);
            if let (Some(pod), Some(ran)) = (&mut self.reading.pod, &self.ran)
                && *pod == ran.pod
            {
                *pod = Rc::clone(&ran.pod);
            }
        }
        &self.reading
    }

    /// Runs a Pod that was read.
    pub(super) fn run(&mut self, pod: &Rc<Pod>, world: Cow<Scenario>, until: Option<Millis>) -> Rc<Trace> {
        if let Some(ran) = &self.ran
            && Rc::ptr_eq(&ran.pod, pod)
            && ran.world == *world
            && ran.until == until
        {
            return Rc::clone(&ran.trace);
        }
        let trace = Rc::new(engine::simulate(&Input { pod, scenario: &world, until }));
        let ran = Ran { pod: Rc::clone(pod), world: world.into_owned(), until, trace: Rc::clone(&trace) };
        self.ran = Some(ran);
        trace
    }
}

impl Reading {
    fn of(text: &str, setting: Setting) -> Reading {
        let missing = &setting.missing;
        let has = |kind: &str, name: &str| !missing.iter().any(|(k, n)| (k.as_str(), n.as_str()) == (kind, name));
        let (mut manifest, completed) = manifest::read_or_complete(text, &has, setting.pod.as_deref());
        let pod = manifest.pod.take();
        let spec = pod.as_ref().and_then(|pod| pod.spec.as_ref());
        let scripts = spec.map(|spec| scripts::diagnostics(spec, &manifest.spans)).unwrap_or_default();
        Reading { text: Some(text.to_owned()), setting, manifest, pod: pod.map(Rc::new), completed, scripts }
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Document, Options};
    use crate::playground::{Memory, Report, run, run_after};
    use crate::time::Millis;
    use std::rc::Rc;

    const POD: &str =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: main, image: 'nginx:1.27'}]}\n";
    const FAULT: &str = "apiVersion: podlapse.dev/v1alpha1\nkind: Scenario\nspec: {containers: [{name: main, faults: [{attempts: all, exit: {code: 3}}]}]}\n";

    fn is_one<T: ?Sized>(a: &Option<Rc<T>>, b: &Option<Rc<T>>) -> bool {
        a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| Rc::ptr_eq(a, b))
    }

    #[test]
    fn what_an_edit_left_alone_is_the_same() {
        let document =
            |pod: &str, scenario: &str| Document { pod: pod.into(), scenario: scenario.into(), ..Document::default() };
        let companion = format!(
            "{POD}---\napiVersion: v1\nkind: Service\nmetadata: {{name: db}}\nspec: {{ports: [{{port: 5432}}]}}\n"
        );
        let until = Options { until: Some(Millis::secs(5)), ..Options::default() };
        // Each edit, and whether Pod and trace stay.
        let edits = [
            ("another line", document(&format!("# a comment\n{POD}"), ""), true, true),
            ("a fault", document(POD, FAULT), true, false),
            ("another form of it", document(POD, &format!("{FAULT}# and a comment\n")), true, true),
            ("a service", document(&companion, FAULT), true, false),
            ("an image", document(&POD.replace("1.27", "1.28"), FAULT), false, false),
            ("an end", Document { options: until, ..document(POD, FAULT) }, false, false),
            ("nothing", document("", FAULT), false, false),
            ("the Pod again", document(POD, FAULT), false, false),
        ];
        let mut memory = Memory::default();
        let mut last = run_after(&mut memory, &document(POD, ""));
        for (edit, document, pod_stays, trace_stays) in edits {
            let report = run_after(&mut memory, &document);
            assert_eq!(
                (is_one(&last.pod, &report.pod), is_one(&last.trace, &report.trace)),
                (pod_stays, trace_stays),
                "{edit}"
            );
            let alone = run(&document);
            let told = |r: &Report| (r.trace.clone(), r.diagnostics.clone(), r.refusal.clone(), r.scenario.clone());
            assert_eq!(told(&report), told(&alone), "{edit}");
            last = report;
        }
    }
}
