package answer

// codes is the manual's list in the order of the IDs. The texts are our own.
var codes = []Code{
	{
		ID: "CANCLD", Category: Other, Resend: AskFirst,
		Meaning: Text{
			"Správce CSÚIS záznam ručně vyřadil a dál se jím systém nezabývá.",
			"The administrator of CSÚIS took the record out by hand; the system does no more with it.",
		},
		Remedy: Text{
			"Zeptejte se Kompetenčního centra, proč byl vyřazen. Znovu ho pošlete, až vám řeknou, co se změní.",
			"Ask the competence centre why it was taken out. Send it again once they have said what will be different.",
		},
	},
	{
		ID: "ERRATT", Category: Syntax, Resend: Corrected,
		Meaning: Text{
			"Některá příloha záznamu je soubor takového druhu, jaký vyhláška nedovoluje.",
			"An attachment of the record is a kind of file that the decree does not allow.",
		},
		Remedy: Text{
			"Převeďte přílohu na dovolený druh souboru, například PDF. Přejmenovat ji nestačí, rozhoduje obsah. Pak záznam vytvořte a předejte znovu.",
			"Convert the attachment to a kind that is allowed, for example PDF. Renaming it is not enough, the content counts. Then make the record and hand it over again.",
		},
	},
	{
		ID: "ERRAUT", Category: Security, Resend: AskFirst,
		Meaning: Text{
			"Vaše účetní jednotka nesmí předávat záznamy tohoto druhu.",
			"Your unit may not hand over records of this kind.",
		},
		Remedy: Text{
			"Ověřte, zda je druh záznamu v hlavičce správný a zda je v záhlaví IČ té jednotky, za kterou předáváte. Je-li obojí v pořádku, obraťte se na Kompetenční centrum.",
			"Make sure that the header names the right kind of record and the IČ of the unit you act for. If both are right, turn to the competence centre.",
		},
	},
	{
		ID: "ERRBWI", Category: Other, Resend: AskFirst,
		Meaning: Text{
			"Záznam prošel kontrolami, ale CSÚIS ho kvůli vlastní poruše neuložil.",
			"The record got through, but CSÚIS did not store it because of a fault of its own.",
		},
		Remedy: Text{
			"Chyba není ve vašem záznamu. Oznamte ji Kompetenčnímu centru a uschovejte si stavovou zprávu.",
			"The fault is not in your record. Report it to the competence centre and keep the status message.",
		},
	},
	{
		ID: "ERRBWL", Category: Content, Resend: Corrected,
		Meaning: Text{
			"V údajích záznamu jsou chyby, proto s ním CSÚIS skončil.",
			"There are errors in the record's data, so CSÚIS stopped with it.",
		},
		Remedy: Text{
			"Projděte podrobnosti ve stavové zprávě, opravte údaje v účetním programu a předejte nový záznam.",
			"Go through the details in the status message, correct the data in the accounting program and hand over a new record.",
		},
	},
	{
		ID: "ERRDEC", Category: Security, Resend: Corrected,
		Meaning: Text{
			"CSÚIS záznam nerozšifroval: buď je zašifrován jiným klíčem, než patří odesílající osobě, nebo se soubor cestou poškodil.",
			"CSÚIS could not decrypt the record: it was sealed with a key that is not the sender's, or the file was damaged on its way.",
		},
		Remedy: Text{
			"Zapečeťte původní záznam znovu, a to klíčem téhož člověka, který je v záhlaví a který ho předává. Kontrolní součet porovnejte před předáním.",
			"Seal the original record again, with the key of the very person who is named in the header and hands it over. Compare the checksum before you do.",
		},
	},
	{
		ID: "ERRINT", Category: Security, Resend: Corrected,
		Meaning: Text{
			"Identifikátor celistvosti nesouhlasí s obsahem: dokument se po jeho vytvoření změnil, nebo byl identifikátor vytvořen chybně.",
			"The integrity identifier does not match the content: the document was changed after it was made, or it was made wrongly.",
		},
		Remedy: Text{
			"Vytvořte identifikátor znovu nad hotovým dokumentem a nic v něm už neměňte, ani odsazení řádků. Příkazy pack a seal to udělají samy.",
			"Make the identifier again over the finished document and change nothing afterwards, not even the indentation. The commands pack and seal do this by themselves.",
		},
	},
	{
		ID: "ERRKEY", Category: Security, Resend: Corrected,
		Meaning: Text{
			"Klíč, kterým je záznam zašifrován, už neplatí.",
			"The key with which the record was sealed is no longer valid.",
		},
		Remedy: Text{
			"Použijte nynější klíč zodpovědné osoby, nebo ať záznam zapečetí a předá jiná registrovaná osoba svým klíčem.",
			"Use the person's present key, or let another registered person seal and send the record with a key of their own.",
		},
	},
	{
		ID: "ERRMVK", Category: Content, Resend: Corrected,
		Meaning: Text{
			"Údaje tohoto výkazu nesouhlasí s údaji jiného výkazu téže jednotky.",
			"Figures of this statement do not agree with another statement of the same unit.",
		},
		Remedy: Text{
			"Podle podrobností určete, který z výkazů je špatně; nemusí to být ten odmítnutý. Opravte ho a předejte znovu.",
			"Find out from the details which of the statements is wrong; it need not be the one refused. Correct that one and hand it over again.",
		},
	},
	{
		ID: "ERRREP", Category: Security, Resend: Unchanged,
		Meaning: Text{
			"Osoba, která záznam poslala, není za tuto jednotku k jeho předání oprávněna.",
			"The person who sent the record has no right to hand it over for this unit.",
		},
		Remedy: Text{
			"Nechte opravit registraci osoby, nebo záznam předejte prostřednictvím náhradní zodpovědné osoby; ta ho musí zapečetit svým klíčem a být uvedena v záhlaví.",
			"Have the person's registration put right, or let a deputy hand the record over; the deputy must be named in the header and seal it with a key of their own.",
		},
	},
	{
		ID: "ERRSIG", Category: Security, Resend: Corrected,
		Meaning: Text{
			"Elektronický podpis v záznamu neplatí, nebo neplatí certifikát, kterým byl vytvořen.",
			"An electronic signature in the record does not hold, or its certificate does not.",
		},
		Remedy: Text{
			"Ověřte platnost certifikátu a podepište záznam znovu. Podpis musí certifikát obsahovat a vzniká před identifikátorem celistvosti.",
			"Check that the certificate is in force and sign the record again. The signature must carry the certificate and comes before the integrity identifier.",
		},
	},
	{
		ID: "ERRSYN", Category: Syntax, Resend: Corrected,
		Meaning: Text{
			"Záznam neodpovídá svému XML schématu: něco v něm chybí, přebývá, nebo má jiný tvar.",
			"The record does not fit its XML schema: something is missing, superfluous or of another form.",
		},
		Remedy: Text{
			"Spusťte příkaz check s platným balíčkem schémat: ukáže řádek a prvek. Opravte vývoz v účetním programu a vytvořte záznam znovu.",
			"Run the command check with the schemas in force: it shows line and element. Put the accounting program's export right and make the record again.",
		},
	},
	{
		ID: "ERRSYS", Category: Other, Resend: AskFirst,
		Meaning: Text{
			"CSÚIS měl poruchu hned při příjmu záznamu.",
			"CSÚIS had a fault while it was taking the record in.",
		},
		Remedy: Text{
			"Záznam nechte, jak je. Oznamte poruchu Kompetenčnímu centru a s dalším předáním počkejte na jeho odpověď.",
			"Leave the record as it is. Report the fault to the competence centre and wait for its answer before handing over again.",
		},
	},
	{
		ID: "ERRVVK", Category: Content, Resend: Corrected,
		Meaning: Text{
			"Údaje uvnitř výkazu si odporují, například součet neodpovídá svým položkám.",
			"Figures within the statement contradict each other, for example a sum and its parts.",
		},
		Remedy: Text{
			"Příkaz check vypíše, která pravidla nevyšla a o kolik. Opravte údaje v účetnictví a předejte nový výkaz.",
			"The command check lists which rules did not hold and by how much. Correct the figures in the accounts and hand over a new statement.",
		},
	},
	{
		ID: "MSGUNK", Category: Syntax, Resend: Corrected,
		Meaning: Text{
			"CSÚIS nepoznal, o jaký druh záznamu jde.",
			"CSÚIS could not tell what kind of record it is.",
		},
		Remedy: Text{
			"Porovnejte kořenový prvek, jeho jmenný prostor a RecordType s platnými schématy a vytvořte záznam znovu.",
			"Compare the root element, its namespace and RecordType with the schemas in force and make the record again.",
		},
	},
	{
		ID: "REJECT", Category: Other, Resend: Corrected,
		Meaning: Text{
			"Takový výkaz se od vaší jednotky za toto období nečeká.",
			"No such statement is awaited from your unit for this period.",
		},
		Remedy: Text{
			"Zkontrolujte druh výkazu a jeho datum (poslední den období) podle číselníku výkazů. Sedí-li obojí, zeptejte se Kompetenčního centra; opakovat totéž nepomůže.",
			"Check the kind of statement and its date (the period's last day) against the list of statements. If both are right, ask the competence centre; repeating the same will not help.",
		},
	},
}
