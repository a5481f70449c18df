//! `record`: notes that something happened which no other command records.

use clap::Args;

use super::told::ToldArgs;
use crate::session::{Done, Outcomes, Session};
use crate::task::{happening, load};

/// Arguments of `record`.
#[derive(Debug, Args)]
#[command(
    after_help = "Kinds:\n  insolvency    a judgment has opened insolvency proceedings against the client, on that day\n  delivered     the client has received a letter; a formal notice that `remind` sent or recorded: a consumer owes interest from then on\n  enforceable   an enforceable judgment was served on the client\n  acknowledged  the client acknowledged the debt: limitation begins anew\n  handed-over   a collector or a lawyer has the claim: no more reminders\n  note          a remark, kept for the collection file\n\nExample:\n  acquit record delivered F2026-0042 --date 2026-12-04 --note \"acknowledgement of receipt\"\n  acquit record insolvency acme --date 2026-11-16\n  acquit record note acme --note \"has moved, no forwarding address\""
)]
pub struct RecordArgs {
    /// What happened: insolvency, delivered, enforceable, acknowledged, handed-over or note
    #[arg(value_name = "KIND")]
    pub kind: Option<String>,
    /// The client's id, or a document's number
    #[arg(value_name = "CLIENT|NUMBER")]
    pub whom: Option<String>,
    #[command(flatten)]
    told: ToldArgs,
}

/// Records it.
///
/// # Errors
/// Where the kind, the client or the document is unknown, or the day cannot be.
pub fn run(args: &RecordArgs, session: &mut Session<'_>) -> Outcomes {
    let words: Vec<&str> = happening::KINDS.iter().map(|kind| kind.word()).collect();
    let question = format!("What happened ({})", words.join(", "));
    let kind = happening::kind(&session.argument(args.kind.clone(), "KIND", &question)?)?;
    let whom = session.argument(args.whom.clone(), "CLIENT|NUMBER", "Client or document")?;
    let (writer, mut source) = session.open_to_write()?;
    load::settings(session, &mut source)?;
    let told = args.told.told();
    let recorded = match happening::plan(kind, &whom, &told, session.today, &mut source) {
        Ok(recorded) => recorded,
        Err(problems) => return Err(session.refuse(&mut source, problems)),
    };
    session.warn(&mut source);
    session.commit(writer.as_ref(), &recorded.set)?;
    session.terminal.say(&recorded.said);
    Ok(Done::Well)
}
