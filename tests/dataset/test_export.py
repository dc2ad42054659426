import json
from pathlib import Path

from byheart.dataset.examples import generated
from byheart.dataset.export import export
from byheart.dataset.versions import freeze
from tests.dataset.test_versions import example

AT = "2026-06-10T08:00:00Z"


def exported(folder: Path) -> dict[str, str]:
    dataset = freeze([*generated(40, 3), example("maya", source="capture")], {"seed": 3}, 0.2)
    return {path.name: path.read_text("utf-8") for path in export(dataset, folder, AT, "gpt-4o-mini")}


def test_the_files_of_the_guide_are_there_under_its_names(tmp_path: Path) -> None:
    files = exported(tmp_path / "new" / "folder")
    stamp = "2026-06-10T08-00-00-000Z"
    assert set(files) == {
        f"multi-turn-memory-{stamp}.json",
        f"multi-turn-memory-{stamp}.jsonl",
        f"multi-turn-memory-validation-{stamp}.jsonl",
        f"metadata-{stamp}.json",
        "fine-tuning-config.json",
    }
    assert all(text.endswith("\n") for text in files.values())


def test_the_data_are_conversations_of_the_protocol(tmp_path: Path) -> None:
    files = exported(tmp_path)
    lines = {name: text.split("\n")[:-1] for name, text in files.items() if name.endswith(".jsonl")}
    array = next(
        json.loads(text) for name, text in files.items() if name.startswith("multi") and name[-1] == "n"
    )
    train, valid = ([json.loads(line) for line in lines[name]] for name in sorted(lines))
    assert array == train
    assert len(train) + len(valid) == 41
    for conversation in (*train, *valid):
        assert set(conversation) == {"messages"}
        assert conversation["messages"][-1]["role"] == "assistant"
        for message in conversation["messages"]:
            assert set(message) <= {"role", "content", "weight"}
            assert message["role"] in ("system", "user", "assistant")
    weighted = [m for c in train + valid for m in c["messages"] if "weight" in m]
    assert [m["content"] for m in weighted] == ["Hello."]


def test_the_configuration_is_the_guides(tmp_path: Path) -> None:
    files = exported(tmp_path)
    config = json.loads(files["fine-tuning-config.json"])
    assert config["model"] == "gpt-4o-mini"
    assert config["hyperparameters"] == {"n_epochs": 3, "batch_size": 1, "learning_rate_multiplier": 0.1}
    assert config["suffix"] == "multi-turn-memory-enhanced"
    assert {config["training_file"], config["validation_file"]} <= set(files)


def test_the_metadata_say_what_it_was_made_of(tmp_path: Path) -> None:
    files = exported(tmp_path)
    metadata = json.loads(next(text for name, text in files.items() if name.startswith("metadata")))
    assert metadata["created_at"] == AT
    assert metadata["recipe"] == {"seed": 3}
    assert metadata["dataset"].startswith("dataset_")
    assert metadata["summary"]["conversations"] == 41
    assert {"average_messages", "memory_reference_rate", "goal_mention_rate"} <= set(metadata["summary"])
