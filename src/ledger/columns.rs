//! The columns of the books by name: where a column stands in a file is found by that file's first line.

/// Makes the list of a book's columns, in order, and for each a constant: its place in that list.
macro_rules! columns {
    ($(#[$meta:meta])* $book:ident { $($column:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        pub mod $book {
            /// The names of the columns, in order.
            pub const HEADER: &[&str] = &[$($word),+];

            #[expect(clippy::upper_case_acronyms, reason = "named as the constants are")]
            enum Place { $($column),+ }

            $(
                #[doc = concat!("The place of `", $word, "` among the columns.")]
                pub const $column: usize = Place::$column as usize;
            )+
        }
    };
}

columns! {
    /// The columns of a register, in order.
    register {
        NUMBER = "number",
        TYPE = "type",
        CLIENT = "client",
        BUYER = "buyer",
        ISSUED = "issued",
        SUPPLIED = "supplied",
        DUE = "due",
        CURRENCY = "currency",
        EXCHANGE = "exchange",
        NET = "net",
        VAT = "vat",
        GROSS = "gross",
        DEPOSITS = "deposits",
        OWED = "owed",
        BREAKDOWN = "breakdown",
        REFS = "refs",
        SHA256 = "sha256",
        SEAL = "seal",
    }
}

columns! {
    /// The columns of payments, in order; those from `part` on may be missing.
    payment {
        ID = "id",
        DATE = "date",
        CLIENT = "client",
        AMOUNT = "amount",
        CURRENCY = "currency",
        METHOD = "method",
        DOCUMENT = "document",
        PART = "part",
        FEE = "fee",
        ACCOUNT = "account",
        REFERENCE = "reference",
        NOTE = "note",
    }
}

columns! {
    /// The columns of events, in order; those from `step` on may be missing.
    event {
        ID = "id",
        DATE = "date",
        KIND = "kind",
        CLIENT = "client",
        DOCUMENT = "document",
        STEP = "step",
        CHANNEL = "channel",
        AMOUNT = "amount",
        CURRENCY = "currency",
        INTEREST = "interest",
        FEE = "fee",
        UNTIL = "until",
        WHO = "who",
        FILE = "file",
        SHA256 = "sha256",
        NOTE = "note",
    }
}
