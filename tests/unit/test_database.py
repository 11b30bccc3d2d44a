"""The PostgreSQL database and its alarms."""

import pytest

from tests.unit.stack_json import Stack, Synth

DATABASE = "aws_db_instance.database"
CONTRACT = {
    "identifier": "davidshaevel-dev-db",
    "engine": "postgres",
    "engine_version": "15.12",
    "instance_class": "db.t3.micro",
    "allocated_storage": 20,
    "max_allocated_storage": 100,
    "storage_type": "gp3",
    "storage_encrypted": True,
    "publicly_accessible": False,
    "db_name": "davidshaevel",
    "username": "dbadmin",
    "manage_master_user_password": True,
    "backup_retention_period": 7,
    "backup_window": "03:00-04:00",
    "maintenance_window": "sun:04:00-sun:05:00",
    "auto_minor_version_upgrade": True,
    "enabled_cloudwatch_logs_exports": ["postgresql", "upgrade"],
    "performance_insights_enabled": True,
    "performance_insights_retention_period": 7,
    "monitoring_interval": 60,
    "monitoring_role_arn": "${aws_iam_role.database_monitoring_role.arn}",
    "db_subnet_group_name": "${aws_db_subnet_group.database.name}",
    "multi_az": False,
}

# Metric, comparison, threshold, how many periods.
ALARMS = {
    "high_cpu": ("CPUUtilization", "GreaterThanThreshold", 80, 2),
    "high_connections": ("DatabaseConnections", "GreaterThanThreshold", 89, 2),
    "low_free_storage": ("FreeStorageSpace", "LessThanThreshold", 2 * 1024**3, 1),
    "low_freeable_memory": ("FreeableMemory", "LessThanThreshold", 512 * 1024**2, 2),
}


@pytest.mark.parametrize("argument", CONTRACT)
def test_an_argument_is_as_live(dev: Stack, argument: str) -> None:
    assert dev[DATABASE][argument] == CONTRACT[argument]


def test_the_json_has_no_password(dev: Stack) -> None:
    assert "password" not in dev[DATABASE]


def test_a_protected_database_is_kept_or_has_a_final_snapshot(synth: Synth) -> None:
    database = synth(DEV__DATABASE__DELETION_PROTECTION="true")[DATABASE]
    assert database["deletion_protection"] is True
    assert database["skip_final_snapshot"] is False
    assert database["final_snapshot_identifier"] == "davidshaevel-dev-db-final"
    assert database["lifecycle"] == {"prevent_destroy": True}


def test_an_unprotected_database_leaves_no_snapshot(dev: Stack) -> None:
    database = dev[DATABASE]
    assert database["deletion_protection"] is False
    assert database["skip_final_snapshot"] is True
    assert "final_snapshot_identifier" not in database
    assert "lifecycle" not in database


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_has_its_threshold(dev: Stack, name: str) -> None:
    alarm = dev[f"aws_cloudwatch_metric_alarm.database_{name}"]
    assert ALARMS[name] == (
        alarm["metric_name"],
        alarm["comparison_operator"],
        alarm["threshold"],
        alarm["evaluation_periods"],
    )


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_watches_this_database(dev: Stack, name: str) -> None:
    alarm = dev[f"aws_cloudwatch_metric_alarm.database_{name}"]
    assert (alarm["namespace"], alarm["period"], alarm["statistic"]) == ("AWS/RDS", 300, "Average")
    assert alarm["dimensions"] == {"DBInstanceIdentifier": "${aws_db_instance.database.identifier}"}
    assert alarm["treat_missing_data"] == "notBreaching"


def test_services_log_in_by_iam_by_choice(dev: Stack, synth: Synth) -> None:
    chosen = synth(DEV__DATABASE__IAM_AUTHENTICATION="true")
    assert chosen[DATABASE]["iam_database_authentication_enabled"] is True
    assert "iam_database_authentication_enabled" not in dev[DATABASE]


def test_there_are_no_other_alarms(dev: Stack) -> None:
    assert set(dev.of_type("aws_cloudwatch_metric_alarm")) == {f"database_{name}" for name in ALARMS}


@pytest.mark.parametrize(("version", "family"), [("15.12", "postgres15"), ("17", "postgres17")])
def test_a_group_of_its_major_version_demands_tls_by_choice(synth: Synth, version: str, family: str) -> None:
    stack = synth(DEV__DATABASE__REQUIRE_TLS="true", DEV__DATABASE__ENGINE_VERSION=version)
    group = stack["aws_db_parameter_group.database"]
    assert (group["family"], group["name"]) == (family, f"davidshaevel-dev-db-{family}")
    # Any other way to apply it would be a change in every plan: AWS takes no note of one without a new value.
    assert group["parameter"] == [{"name": "rds.force_ssl", "value": "1", "apply_method": "pending-reboot"}]
    assert group["lifecycle"] == {"create_before_destroy": True}
    assert stack[DATABASE]["parameter_group_name"] == "${aws_db_parameter_group.database.name}"


def test_without_the_choice_the_database_keeps_its_group(dev: Stack) -> None:
    assert "parameter_group_name" not in dev[DATABASE]
    assert not dev.of_type("aws_db_parameter_group")
